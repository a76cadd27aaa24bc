import Columns

extension HostFunction {
  /// Days and the periods that they lie in.
  static let dateFunctions: [HostFunction] = [
    HostFunction("date") { values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if values.count >= 3 {
        let (year, month, day) = (try arguments.int(0), try arguments.int(1), try arguments.int(2))
        guard let date = CalendarDate(year: year, month: month, day: day) else {
          throw HostFunctionError("there is no day \(year)-\(month)-\(day)")
        }
        return .date(date)
      }
      return arguments[0].isNil ? .nil : .date(try arguments.date(0))
    },
    HostFunction("add_months") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      let (date, months) = (try arguments.date(0), try arguments.int(1))
      guard months.magnitude < 120_000 else { throw HostFunctionError("\(months) months leave the calendar") }
      return .date(try inCalendar(date.addingMonths(months)))
    },
    HostFunction("months_between") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      return .int(Int64(try arguments.date(1).wholeMonths(since: try arguments.date(0))))
    },
    HostFunction("month_end") { values throws(HostFunctionError) in
      try period(values) { $0.lastOfMonth }
    },
    HostFunction("week") { values throws(HostFunctionError) in
      try period(values) { $0.firstOfWeek() }
    },
    HostFunction("month") { values throws(HostFunctionError) in
      try period(values) { $0.firstOfMonth }
    },
    HostFunction("quarter") { values throws(HostFunctionError) in
      try period(values) { $0.firstOfQuarter() }
    },
    HostFunction("year") { values throws(HostFunctionError) in
      try period(values) { $0.firstOfYear() }
    },
    HostFunction("dates") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      let (from, to) = (try arguments.date(0), try arguments.date(1))
      let grain = arguments[2].isNil ? "day" : try arguments.text(2)
      guard let (first, next) = grains[grain] else {
        throw HostFunctionError("no grain '\(grain)': there are day, week, month, quarter and year")
      }
      var dates: [LuaValue] = []
      var date = first(from)
      while date <= to {
        dates.append(.date(date))
        guard dates.count <= 50_000 else { throw HostFunctionError("more than 50000 dates") }
        date = next(date)
      }
      return .array(dates)
    },
  ]

  /// The first day of the period that a day is in, and that of the period after one.
  private static let grains:
    [String: (first: @Sendable (CalendarDate) -> CalendarDate, next: @Sendable (CalendarDate) -> CalendarDate)] = [
      "day": ({ $0 }, { CalendarDate(days: $0.days + 1) }),
      "week": ({ $0.firstOfWeek() }, { CalendarDate(days: $0.days + 7) }),
      "month": ({ $0.firstOfMonth }, { $0.addingMonths(1) }),
      "quarter": ({ $0.firstOfQuarter() }, { $0.addingMonths(3) }),
      "year": ({ $0.firstOfYear() }, { $0.addingMonths(12) }),
    ]

  private static func inCalendar(_ date: CalendarDate) throws(HostFunctionError) -> CalendarDate {
    guard date >= .earliest, date <= .latest else { throw HostFunctionError("the date leaves the years 0001 to 9999") }
    return date
  }

  private static func period(_ values: [LuaValue], _ first: (CalendarDate) -> CalendarDate) throws(HostFunctionError)
    -> LuaValue
  {
    let arguments = Arguments(values)
    return arguments[0].isNil ? .nil : .date(try inCalendar(first(try arguments.date(0))))
  }
}

extension Arguments {
  /// A date, the day of a timestamp in UTC, or a text that is one.
  func date(_ index: Int) throws(HostFunctionError) -> CalendarDate {
    switch self[index] {
    case .date(let date): return date
    case .timestamp(let instant): return instant.date
    case .string(let text):
      guard let date = CalendarDate(text) else { throw HostFunctionError("'\(text)' is no day as in 2026-01-31") }
      return date
    default: return try fail(index, "a date")
    }
  }
}
