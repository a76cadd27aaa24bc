import Columns
import Testing

@Suite struct CalendarTests {
  private struct Day {
    var year = 1
    var month = 1
    var day = 1
    var weekday = 1  // 1 January 1 was a Monday in the proleptic Gregorian calendar

    var length: Int {
      switch month {
      case 2: (year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)) ? 29 : 28
      case 4, 6, 9, 11: 30
      default: 31
      }
    }

    mutating func step() {
      weekday = weekday % 7 + 1
      day += 1
      if day > length { (day, month) = (1, month + 1) }
      if month > 12 { (month, year) = (1, year + 1) }
    }
  }

  @Test func everyDayFollowsTheDayBefore() {
    var walker = Day()
    var days = CalendarDate.earliest.days
    var wrong = 0
    while days <= CalendarDate.latest.days {
      let date = CalendarDate(days: days)
      let parts = date.parts
      if parts.year != walker.year || parts.month != walker.month || parts.day != walker.day
        || date.isoWeekday != walker.weekday
        || CalendarDate.days(year: walker.year, month: walker.month, day: walker.day) != Int(days)
      {
        wrong += 1
      }
      // All of the centuries around the leap rules, and a sample elsewhere.
      for _ in 0..<((1890...2110).contains(walker.year) ? 1 : 13) {
        walker.step()
        days += 1
      }
    }
    #expect(wrong == 0)
  }

  @Test func periodsBeginWhereDayByDayWalkingBackFindsTheirFirstDay() throws {
    for days in stride(from: Int32(10_000), to: 12_000, by: 7) {
      let date = CalendarDate(days: days)
      for first in 1...12 {
        var year = date
        while year.parts.day != 1 || year.parts.month != first { year = CalendarDate(days: year.days - 1) }
        #expect(date.firstOfYear(firstMonth: first) == year)
        var quarter = date
        while quarter.parts.day != 1 || (quarter.parts.month - first + 12) % 3 != 0 {
          quarter = CalendarDate(days: quarter.days - 1)
        }
        #expect(date.firstOfQuarter(firstMonth: first) == quarter)
      }
      for weekday in 1...7 {
        var week = date
        while week.isoWeekday != weekday { week = CalendarDate(days: week.days - 1) }
        #expect(date.firstOfWeek(firstWeekday: weekday) == week)
      }
      #expect(CalendarDate(days: date.lastOfMonth.days + 1).parts.day == 1)
    }
  }

  @Test(arguments: ["2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "24-01-01", "2024-1-1", "2024-01-01 ", ""])
  func whatIsNoDateIsRefused(_ text: String) { #expect(CalendarDate(text) == nil) }

  @Test func monthsAreAddedToTheSameDayOrTheLast() throws {
    let start = try #require(CalendarDate("2024-01-31"))
    #expect(start.addingMonths(1).description == "2024-02-29")
    #expect(start.addingMonths(-11).description == "2023-02-28")
    #expect(start.addingMonths(25).description == "2026-02-28")
    #expect(try #require(CalendarDate("2024-03-01")).wholeMonths(since: start) == 1)
    #expect(try #require(CalendarDate("2024-02-29")).wholeMonths(since: start) == 0)
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00Z", Int64(0)), ("1970-01-01T02:00:00+02:00", 0), ("1969-12-31T23:59:59.999999Z", -1),
    ("1970-01-02", 86_400_000_000), ("1970-01-01 00:00:01.5", 1_500_000), ("1970-01-01T00:00:00.0000010Z", 1),
    ("1970-01-01T00:00-0130", 5_400_000_000),
  ])
  func instantsAreMicrosecondsOfUTC(_ text: String, _ microseconds: Int64) {
    #expect(Instant(text)?.microseconds == microseconds)
    #expect(Instant(microseconds: microseconds).description.isEmpty == false)
    #expect(Instant(Instant(microseconds: microseconds).description)?.microseconds == microseconds)
  }

  @Test(arguments: [
    "1970-01-01T24:00:00Z", "1970-01-01T00:60Z", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.0000001Z",
    "1970-01-01T", "1970-01-01T00:00:00X", "1970-02-30T00:00:00Z", "1970-01-01T00:00:00+2",
  ])
  func whatIsNoInstantIsRefused(_ text: String) { #expect(Instant(text) == nil) }
}
