import Columns

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Evaluation {
  func arithmetic(
    _ operation: Arithmetic, _ left: Evaluated, _ right: Evaluated, _ types: [DataType], to type: DataType
  ) -> Evaluated {
    switch type {
    case .float: result(.floats(floats(operation, left.floats, right.floats)), from: [left, right])
    case .int where types[0] == .date:
      result(.ints(zip(left.dates, right.dates) { Int64($0) - Int64($1) }), from: [left, right])
    case .int: ints(operation, left, right)
    case .date: dateShift(operation, left, right)
    case .decimal(let precision, let scale): decimals(operation, left, right, types, precision, scale)
    default: preconditionFailure("no arithmetic on \(type)")
    }
  }

  private func floats(_ operation: Arithmetic, _ left: Lane<Double>, _ right: Lane<Double>) -> [Double] {
    switch operation {
    case .add: zip(left, right) { $0 + $1 }
    case .subtract: zip(left, right) { $0 - $1 }
    case .multiply: zip(left, right) { $0 * $1 }
    case .divide: zip(left, right) { $0 / $1 }
    case .floorDivide: zip(left, right) { ($0 / $1).rounded(.down) }
    case .modulo:
      zip(left, right) {
        let rest = fmod($0, $1)
        return rest != 0 && (rest < 0) != ($1 < 0) ? rest + $1 : rest
      }
    case .power: zip(left, right) { $1 == 2 ? $0 * $0 : pow($0, $1) }  // as Lua has it
    }
  }

  private func ints(_ operation: Arithmetic, _ left: Evaluated, _ right: Evaluated) -> Evaluated {
    let (a, b) = (left.ints, right.ints)
    switch operation {
    case .add: return checked(left, right, zip(a, b) { $0.addingReportingOverflow($1) })
    case .subtract: return checked(left, right, zip(a, b) { $0.subtractingReportingOverflow($1) })
    case .multiply: return checked(left, right, zip(a, b) { $0.multipliedReportingOverflow(by: $1) })
    case .floorDivide, .modulo:
      let zeros = zip(a, b) { $1 == 0 }
      let overflowed = operation == .floorDivide ? zip(a, b) { $0 == .min && $1 == -1 } : []
      let values: [Int64] =
        operation == .floorDivide
        ? zip(a, b) {
          $1 == 0 || ($1 == -1 && $0 == .min) ? 0 : Self.floorDivision($0, $1)
        } : zip(a, b) { $1 == 0 || $1 == -1 ? 0 : Self.floorRest($0, $1) }
      let failing =
        marks(zeros, .divisionByZero, "division by zero")
        ?? marks(overflowed, .overflow, "the result does not fit 64 bits")
      return result(.ints(values), from: [left, right], failing: failing)
    case .divide, .power: preconditionFailure("a float")
    }
  }

  /// Ints as Lua has them: they wrap. Divisors of 0 fail.
  func wrapping(_ operation: Arithmetic, _ left: Evaluated, _ right: Evaluated) -> Evaluated {
    let (a, b) = (left.ints, right.ints)
    let values: [Int64] =
      switch operation {
      case .add: zip(a, b) { $0 &+ $1 }
      case .subtract: zip(a, b) { $0 &- $1 }
      case .multiply: zip(a, b) { $0 &* $1 }
      case .floorDivide: zip(a, b) { $1 == 0 ? 0 : $1 == -1 ? 0 &- $0 : Self.floorDivision($0, $1) }
      case .modulo: zip(a, b) { $1 == 0 || $1 == -1 ? 0 : Self.floorRest($0, $1) }
      case .divide, .power: preconditionFailure("a float")
      }
    guard operation == .floorDivide || operation == .modulo else { return result(.ints(values), from: [left, right]) }
    return result(
      .ints(values), from: [left, right],
      failing: marks(zip(a, b) { $1 == 0 }, .divisionByZero, "division by zero"))
  }

  @inline(__always)
  private static func floorDivision(_ number: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
    return rest != 0 && (rest < 0) != (divisor < 0) ? quotient - 1 : quotient
  }

  @inline(__always)
  private static func floorRest(_ number: Int64, _ divisor: Int64) -> Int64 {
    let rest = number % divisor
    return rest != 0 && (rest < 0) != (divisor < 0) ? rest + divisor : rest
  }

  private func checked(
    _ left: Evaluated, _ right: Evaluated, _ pairs: [(partialValue: Int64, overflow: Bool)]
  ) -> Evaluated {
    let failing =
      pairs.contains { $0.overflow } ? marks(pairs.map(\.overflow), .overflow, "the result does not fit 64 bits") : nil
    return result(.ints(pairs.map(\.partialValue)), from: [left, right], failing: failing)
  }

  private func dateShift(_ operation: Arithmetic, _ left: Evaluated, _ right: Evaluated) -> Evaluated {
    let days = zip(left.dates, right.ints) { date, shift -> Int32? in
      let (sum, overflow) =
        operation == .add
        ? Int64(date).addingReportingOverflow(shift) : Int64(date).subtractingReportingOverflow(shift)
      guard !overflow, sum >= CalendarDate.earliest.days, sum <= CalendarDate.latest.days else { return nil }
      return Int32(sum)
    }
    return datesOrFailure(days, from: [left, right])
  }

  func datesOrFailure(_ days: [Int32?], present: [Bool]? = nil, from inputs: [Evaluated]) -> Evaluated {
    let failing = marks(days.map { $0 == nil }, .overflow, "the date leaves the years 0001 to 9999")
    return result(.dates(days.map { $0 ?? 0 }), present: present, from: inputs, failing: failing)
  }

  func negation(_ input: Evaluated, type: DataType) -> Evaluated {
    switch input.values {
    case .floats(let values): return result(.floats(Lane(values).map { -$0 }), from: [input])
    case .ints(let values):
      let failing = marks(values.map { $0 == .min }, .overflow, "the result does not fit 64 bits")
      return result(.ints(Lane(values).map { 0 &- $0 }), from: [input], failing: failing)
    case .decimals64(let values, let scale):
      return result(.decimals64(Lane(values).map { -$0 }, scale: scale), from: [input])
    case .decimals128(let values, let scale):
      return result(.decimals128(Lane(values).map { -$0 }, scale: scale), from: [input])
    default: preconditionFailure("no negative of \(type)")
    }
  }
}
