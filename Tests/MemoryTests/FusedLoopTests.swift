import Testing

@testable import Memory

struct FusedLoopTests {
  private static let hostile: [Int64] = [
    0, 1, -1, 2, -2, 5, -5, 10, 15, 25, -15, -25, 99, 1 << 31, -(1 << 31), (1 << 51) + 7, 1 << 52, (1 << 53) + 1,
    -(1 << 53), .max, .min, .max - 1, .min + 1,
  ]

  private static func values(_ count: Int) -> [Int64] {
    (0..<count).map { _ in
      Bool.random() ? hostile.randomElement()! : Int64.random(in: -1_000_000...1_000_000)
    }
  }

  private func run(_ operation: FusedLoop.Operation, _ inputs: [[Int64]], tables: [[Int64]] = []) -> [Int64]? {
    var answers: [[Int64]?] = []
    for implementation in [SeparatorScan.Implementation.portable, .avx2, .avx512] {
      var loop = FusedLoop()
      let registers = inputs.map { _ in loop.addInput() }
      let result =
        switch registers.count {
        case 1: loop.add(operation, registers[0])
        case 2: loop.add(operation, registers[0], registers[1])
        default: loop.add(operation, registers[0], registers[1], registers[2])
        }
      loop.addOutput(result, as: .int64)
      loop.compact()
      let lanes = loop.run(
        inputs.map { .int64($0) }, tables: tables, count: inputs[0].count, implementation: implementation)
      if case .int64(let values)? = lanes?.first { answers.append(values) } else { answers.append(nil) }
    }
    #expect(answers[1] == answers[0] && answers[2] == answers[0])
    return answers[0]
  }

  @Test(arguments: [1, 255, 256, 257, 1000])
  func arithmeticIsThatOf64Bits(_ count: Int) {
    let (a, b) = (Self.values(count), Self.values(count))
    let rows = 0..<count
    #expect(run(.add, [a, b]) == rows.map { a[$0] &+ b[$0] })
    #expect(run(.subtract, [a, b]) == rows.map { a[$0] &- b[$0] })
    #expect(run(.multiply, [a, b]) == rows.map { a[$0] &* b[$0] })
    #expect(run(.negate, [a]) == rows.map { 0 &- a[$0] })
    #expect(run(.less, [a, b]) == rows.map { a[$0] < b[$0] ? 1 : 0 })
    #expect(run(.lessOrEqual, [a, b]) == rows.map { a[$0] <= b[$0] ? 1 : 0 })
    #expect(run(.equal, [a, b]) == rows.map { a[$0] == b[$0] ? 1 : 0 })
    let picks = rows.map { _ in Int64.random(in: 0...1) }
    #expect(run(.select, [picks, a, b]) == rows.map { picks[$0] == 1 ? a[$0] : b[$0] })
  }

  @Test func whatOverflowsFailsAndNothingElseDoes() {
    for a in Self.hostile {
      for b in Self.hostile {
        let sum = a.addingReportingOverflow(b)
        #expect(run(.addChecked, [[1, a], [1, b]]) == (sum.overflow ? nil : [2, sum.partialValue]))
        let difference = a.subtractingReportingOverflow(b)
        #expect(
          run(.subtractChecked, [[1, a], [1, b]]) == (difference.overflow ? nil : [0, difference.partialValue]))
        let product = a.multipliedReportingOverflow(by: b)
        #expect(run(.multiplyChecked, [[1, a], [1, b]]) == (product.overflow ? nil : [1, product.partialValue]))
        var quotient: Int64?
        if b != 0, !(a == .min && b == -1) {
          let (whole, rest) = a.quotientAndRemainder(dividingBy: b)
          quotient = rest != 0 && (rest < 0) != (b < 0) ? whole - 1 : whole
        }
        #expect(run(.floorDivide, [[a], [b]]) == quotient.map { [$0] })
        #expect(run(.modulo, [[a], [b]]) == quotient.map { [a &- $0 &* b] })
      }
    }
  }

  @Test(arguments: [1, 7, 10, 100, 1_000_000, 86_400_000_000, 1_000_000_000_000_000_000] as [Int64])
  func quotientsAreRoundedExactly(_ divisor: Int64) {
    typealias Case = (FusedLoop.Rounding, (_ whole: Int128, _ rest: Int128, _ value: Int128) -> Int128)
    let by = Int128(divisor)
    /// `whole` is the floor of the quotient and `rest` what is above it.
    let modes: [Case] = [
      (.floor, { whole, _, _ in whole }),
      (.ceiling, { whole, rest, _ in whole + (rest > 0 ? 1 : 0) }),
      (.down, { whole, rest, value in whole + (rest > 0 && value < 0 ? 1 : 0) }),
      (.up, { whole, rest, value in whole + (rest > 0 && value > 0 ? 1 : 0) }),
      (.halfUp, { whole, rest, value in whole + (2 * rest > by || (2 * rest == by && value > 0) ? 1 : 0) }),
      (.halfDown, { whole, rest, value in whole + (2 * rest > by || (2 * rest == by && value < 0) ? 1 : 0) }),
      (.halfEven, { whole, rest, _ in whole + (2 * rest > by || (2 * rest == by && whole & 1 != 0) ? 1 : 0) }),
    ]
    let small = (-60...60).map { Int64($0) } + (-30...30).compactMap { Int64(exactly: Int128($0) * by / 4) }
    for values in [small, Self.values(600), Self.hostile] {
      for (mode, expected) in modes {
        let wanted = values.map { value -> Int64 in
          var (whole, rest) = Int128(value).quotientAndRemainder(dividingBy: by)
          if rest < 0 {
            whole -= 1
            rest += by
          }
          return Int64(expected(whole, rest, Int128(value)))
        }
        #expect(run(.round(by: divisor, mode), [values]) == wanted, "\(mode) by \(divisor)")
      }
    }
  }

  @Test func lookUpsOutsideTheTableFailOrAreMoved() {
    #expect(run(.lookUp(table: 0, from: 10), [[10, 12, 11]], tables: [[7, 8, 9]]) == [7, 9, 8])
    #expect(run(.lookUp(table: 0, from: 10), [[10, 13]], tables: [[7, 8, 9]]) == nil)
    #expect(run(.lookUp(table: 0, from: 10), [[9]], tables: [[7, 8, 9]]) == nil)
    #expect(run(.lookUp(table: 0, from: .max), [[.min]], tables: [[7]]) == nil)
    #expect(run(.lookUpClamped(table: 0), [[-5, 0, 1, .max]], tables: [[7, 8]]) == [7, 7, 8, 8])
    #expect(run(.checkRange(-3...4), [[-3, 4]]) == [-3, 4])
    #expect(run(.checkRange(-3...4), [[0, 5]]) == nil)
  }

  @Test func columnsKeepTheirKindsAndRegistersAreShared() {
    var loop = FusedLoop()
    let (days, codes, picks, floats, three) = (
      loop.addInput(), loop.addInput(), loop.addInput(), loop.addInput(), loop.addInput()
    )
    let later = loop.add(.add, days, three)
    let unused = loop.add(.multiply, later, later)
    _ = loop.add(.add, unused, three)
    let chosen = loop.add(.select, picks, later, codes)
    let half = loop.add(.floatDivide, floats, loop.add(.floatOfInt, three))
    loop.addOutput(chosen, as: .int32)
    loop.addOutput(loop.add(.floatLess, half, floats), as: .bool)
    loop.addOutput(half, as: .double)
    loop.addOutput(codes, as: .uint32)
    loop.compact()
    let count = 700
    let results = loop.run(
      [
        .int32((0..<count).map { -350 + Int32($0) }), .uint32((0..<count).map { UInt32($0) }),
        .bool((0..<count).map { $0 % 3 == 0 }), .double((0..<count).map { Double($0) - 5 }), .constant(3),
      ], tables: [], count: count)
    guard case .int32(let first)? = results?[0], case .bool(let second)? = results?[1],
      case .double(let third)? = results?[2], case .uint32(let fourth)? = results?[3]
    else {
      Issue.record("a result is missing")
      return
    }
    for row in 0..<count {
      #expect(first[row] == (row % 3 == 0 ? -347 + Int32(row) : Int32(row)))
      let number = Double(row) - 5
      #expect(third[row] == number / 3 && second[row] == (number / 3 < number) && fourth[row] == UInt32(row))
    }
  }
}
