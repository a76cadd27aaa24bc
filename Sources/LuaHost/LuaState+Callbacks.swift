import CLuaBridge
import Columns

extension LuaState {
  /// What C calls: arithmetic past the simple cases, and the functions of the host.
  static var callbacks: weir_callbacks {
    unsafe weir_callbacks(
      context: nil,
      divide: { low, high, scale, otherLow, otherHigh, otherScale, resultLow, resultHigh in
        let quotient = DecimalArithmetic.divide(
          ValueNodes.coefficient(high: high, low: low), scale: Int(scale),
          by: ValueNodes.coefficient(high: otherHigh, low: otherLow), scale: Int(otherScale), to: 18)
        guard let quotient, let resultLow = unsafe resultLow, let resultHigh = unsafe resultHigh else { return false }
        unsafe resultLow.pointee = UInt64(truncatingIfNeeded: quotient)
        unsafe resultHigh.pointee = Int64(truncatingIfNeeded: quotient >> 64)
        return true
      },
      compare: { low, high, scale, otherLow, otherHigh, otherScale in
        Int32(
          DecimalArithmetic.compare(
            ValueNodes.coefficient(high: high, low: low), scale: Int(scale),
            ValueNodes.coefficient(high: otherHigh, low: otherLow), scale: Int(otherScale)))
      },
      call: { _, number, arguments, nodeCount, count, reply in
        var values: [LuaValue] = []
        if let arguments = unsafe arguments {
          var index = 0
          while index < nodeCount { values.append(unsafe ValueNodes.read(arguments, &index)) }
        }
        unsafe weir_values_clear(reply)
        let nodes = ValueNodes()
        var isDone = true
        do throws(HostFunctionError) {
          nodes.append(try HostFunction.all[Int(number)].evaluate(values))
        } catch {
          isDone = false
          nodes.append(.string("\(HostFunction.all[Int(number)].name): \(error.message)"))
        }
        for index in unsafe nodes.nodes.indices { unsafe weir_values_append(reply, nodes.nodes[index]) }
        return isDone
      })
  }
}
