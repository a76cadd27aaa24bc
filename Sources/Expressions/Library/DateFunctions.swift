import Columns
import Diagnostics

extension FunctionLibrary {
  static let dateFunctions: [LibraryFunction] =
    [
      LibraryFunction(
        "date", counts: 1...3
      ) { lowering, site in
        if site.arguments.count == 1 {
          return lowering.present(site.arguments[0]).flatMap { lowering.asDate($0) }
        }
        guard site.arguments.count == 3 else {
          lowering.report(.argumentCount, "date takes a year, a month and a day", site.range)
          return nil
        }
        let parts = site.arguments.compactMap { lowering.whole($0, for: "date") }
        guard parts.count == 3 else { return nil }
        return lowering.make(.library(.makeDate), parts.map(\.node), ValueType(.date), site.range)
      },
      LibraryFunction("add_months", counts: 2...2) {
        lowering, site in
        guard let day = lowering.present(site.arguments[0]).flatMap({ lowering.asDate($0) }),
          let months = lowering.whole(site.arguments[1], for: "add_months")
        else { return nil }
        return lowering.make(.library(.addMonths), [day.node, months.node], ValueType(.date), site.range)
      },
      LibraryFunction("months_between", counts: 2...2) {
        lowering, site in
        let days = site.arguments.compactMap { lowering.present($0) }.compactMap { lowering.asDate($0) }
        guard days.count == 2 else { return nil }
        return lowering.make(.library(.monthsBetween), days.map(\.node), ValueType(.int), site.range)
      },
      LibraryFunction("month_end", counts: 1...1) { lowering, site in
        guard let day = lowering.present(site.arguments[0]).flatMap({ lowering.asDate($0) }) else { return nil }
        return lowering.make(.library(.monthEnd), [day.node], ValueType(.date), site.range)
      },
      LibraryFunction(
        "dates", counts: 3...3
      ) { lowering, site in
        let days = site.arguments.prefix(2).compactMap { lowering.present($0) }.compactMap { lowering.asDate($0) }
        guard let name = lowering.textConstant(site, 2, what: "the grain"), days.count == 2 else { return nil }
        guard let grain = DateGrain(rawValue: name) else {
          lowering.report(
            .wrongValue, "no grain '\(name)'", site.arguments[2].range, help: "day, week, month, quarter or year")
          return nil
        }
        let calendar = lowering.scope.calendar
        let operation = LibraryOperation.dates(
          grain, weekStart: calendar.weekStart, fiscalYearStart: calendar.fiscalYearStart)
        return lowering.make(.library(operation), days.map(\.node), ValueType(.list(.date)), site.range)
      },
    ] + [DateGrain.week, .month, .quarter, .year].map(periodFunction)

  private static func periodFunction(_ grain: DateGrain) -> LibraryFunction {
    LibraryFunction(grain.rawValue, counts: 1...1) {
      lowering, site in
      guard let day = lowering.present(site.arguments[0]).flatMap({ lowering.asDate($0) }) else { return nil }
      let calendar = lowering.scope.calendar
      let operation = LibraryOperation.periodStart(
        grain, weekStart: calendar.weekStart, fiscalYearStart: calendar.fiscalYearStart)
      return lowering.make(.library(operation), [day.node], ValueType(.date), site.range)
    }
  }
}

extension Lowering {
  mutating func whole(_ value: Value, for use: String) -> Value? {
    if let type = value.type, type.data != .int {
      report(.typeMismatch, "\(use) takes whole numbers here, not \(describe(type))", value.range)
      return nil
    }
    return present(value)
  }
}

extension Evaluation {
  func dateFunction(_ operation: LibraryOperation, _ inputs: [Evaluated]) -> Evaluated {
    switch operation {
    case .datePart(let part, let first):
      return result(.ints(inputs[0].dates.map { Self.part(part, CalendarDate(days: $0), first) }), from: inputs)
    case .periodStart(let grain, let weekStart, let first):
      return result(
        .dates(Self.periodStarts(inputs[0].dates, grain, weekStart: weekStart, fiscalYearStart: first)), from: inputs)
    case .monthEnd:
      return result(.dates(inputs[0].dates.map { CalendarDate(days: $0).lastOfMonth.days }), from: inputs)
    case .monthsBetween:
      let months = zip(inputs[0].dates, inputs[1].dates) {
        Int64(CalendarDate(days: $1).wholeMonths(since: CalendarDate(days: $0)))
      }
      return result(.ints(months), from: inputs)
    case .addMonths:
      let days = zip(inputs[0].dates, inputs[1].ints) { day, months -> Int32? in
        guard months.magnitude < 120_000 else { return nil }
        let moved = CalendarDate(days: day).addingMonths(Int(months))
        return moved >= .earliest && moved <= .latest ? moved.days : nil
      }
      return datesOrFailure(days, from: inputs)
    case .makeDate: return makeDates(inputs)
    case .dates(let grain, let weekStart, let first):
      return dateLists(inputs, grain, weekStart: weekStart, fiscalYearStart: first)
    default: preconditionFailure("not of dates")
    }
  }

  private static func part(_ part: DatePart, _ date: CalendarDate, _ fiscalYearStart: Int) -> Int64 {
    let parts = date.parts
    switch part {
    case .year: return Int64(parts.year)
    case .quarter: return Int64(((parts.month - fiscalYearStart) % 12 + 12) % 12 / 3 + 1)
    case .month: return Int64(parts.month)
    case .day: return Int64(parts.day)
    }
  }

  private static func periodStarts(
    _ dates: Lane<Int32>, _ grain: DateGrain, weekStart: Int, fiscalYearStart: Int
  ) -> [Int32] {
    switch grain {
    case .day: dates.values
    case .week: dates.map { CalendarDate(days: $0).firstOfWeek(firstWeekday: weekStart).days }
    case .month: MonthStarts.of(dates)
    case .quarter: dates.map { CalendarDate(days: $0).firstOfQuarter(firstMonth: fiscalYearStart).days }
    case .year: dates.map { CalendarDate(days: $0).firstOfYear(firstMonth: fiscalYearStart).days }
    }
  }

  private func makeDates(_ inputs: [Evaluated]) -> Evaluated {
    let (years, months, days) = (inputs[0].ints, inputs[1].ints, inputs[2].ints)
    let size = inputs.allSatisfy(\.isConstant) ? 1 : count
    let dates = (0..<size).map { row in
      CalendarDate(
        year: Int(clamping: years[row]), month: Int(clamping: months[row]), day: Int(clamping: days[row]))?.days
    }
    let failing = marks(dates.map { $0 == nil }, .wrongValue, "there is no such day")
    return result(.dates(dates.map { $0 ?? 0 }), from: inputs, failing: failing)
  }

  private func dateLists(_ inputs: [Evaluated], _ grain: DateGrain, weekStart: Int, fiscalYearStart: Int) -> Evaluated {
    let (starts, ends) = (inputs[0].dates, inputs[1].dates)
    let size = inputs.allSatisfy(\.isConstant) ? 1 : count
    var elements: [Int32] = []
    var limits: [Int] = []
    var isTooLong = [Bool](repeating: false, count: size)
    for row in 0..<size {
      let lane = Lane([starts[row]])
      var day = CalendarDate(
        days: Self.periodStarts(lane, grain, weekStart: weekStart, fiscalYearStart: fiscalYearStart)[0])
      let first = elements.count
      while day.days <= ends[row] {
        guard elements.count - first < 50_000 else {
          isTooLong[row] = true
          break
        }
        elements.append(day.days)
        switch grain {
        case .day: day = CalendarDate(days: day.days + 1)
        case .week: day = CalendarDate(days: day.days + 7)
        case .month: day = day.addingMonths(1)
        case .quarter: day = day.addingMonths(3)
        case .year: day = day.addingMonths(12)
        }
      }
      limits.append(elements.count)
    }
    return result(
      .lists(ListValues(ends: limits, elements: Column(.dates(elements)))), from: inputs,
      failing: marks(isTooLong, .overflow, "more than 50000 dates"))
  }
}
