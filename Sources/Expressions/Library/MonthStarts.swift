import Columns

/// The first days of months by look-up: a table of the days from 1990 to 2049, made once; other days are computed.
enum MonthStarts {
  private static let base = Int32(CalendarDate.days(year: 1990, month: 1, day: 1))
  private static let table: [Int32] = {
    let end = Int32(CalendarDate.days(year: 2050, month: 1, day: 1))
    return (base..<end).map { CalendarDate(days: $0).firstOfMonth.days }
  }()

  static func of(_ dates: Lane<Int32>) -> [Int32] {
    let starts = table
    let first = base
    return dates.map { day in
      let place = Int(day) - Int(first)
      return place >= 0 && place < starts.count ? starts[place] : CalendarDate(days: day).firstOfMonth.days
    }
  }
}
