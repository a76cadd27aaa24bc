// weir-kernels              names of the kernels, with the rows of a round
// weir-kernels NAME ROUNDS  runs one: what is counted for many rounds less what is counted for few is the kernel alone

let arguments = CommandLine.arguments.dropFirst()
if arguments.count == 2, let kernel = Kernel.all.first(where: { $0.name == arguments.first }),
  let rounds = arguments.last.flatMap({ Int($0) })
{
  let round = try kernel.prepare()
  var sum = 0
  for _ in 0..<rounds { sum &+= try round() }
  print(sum)
} else {
  for kernel in Kernel.all { print(kernel.name, kernel.rows) }
}
