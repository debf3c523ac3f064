import _KernelsBaseline
import _KernelsMicro

func testGatedSum() {
  var outcome = Outcome("gated sum")
  var numbers = SampleNumbers(seed: 21)
  for (rows, columns) in [(1, 1), (2, 3), (3, 4), (5, 17), (4, 64), (7, 33)] {
    for hasGate in [false, true] {
      let count = rows * columns
      let (branch, residual) = (numbers.next(count), numbers.next(count))
      // A row for every two.
      let gate = numbers.next((rows + 1) / 2 * columns)
      let result = written(count, canary: canary) { output in
        branch.withUnsafeBufferPointer { branch in
          residual.withUnsafeBufferPointer { residual in
            gate.withUnsafeBufferPointer { gate in
              guard let branch = branch.baseAddress, let residual = residual.baseAddress else {
                return
              }
              var sum = GatedSum(
                branch: branch, residual: residual, output: output, columns: columns)
              if hasGate {
                (sum.gate, sum.gateStride, sum.gateRows) = (gate.baseAddress, columns, 2)
              }
              kernelsBaseline.vector.addGated(sum, rows / 2..<rows)
              kernelsBaseline.vector.addGated(sum, 0..<rows / 2)
            }
          }
        }
      }
      let expected = (0..<count).map { i in
        let factor = hasGate ? Double(gate[i / columns / 2 * columns + i % columns]) : 1
        return Double(residual[i]) + factor * Double(branch[i])
      }
      outcome.expect(
        error(result, expected), within: 2e-7, "\(rows) × \(columns), gate \(hasGate)")
    }
  }
  outcome.report()
}
