import Tensor
import Testing

/// What one types first, in the types that `EaseTests` has not: overloads are chosen for each type by
/// itself, so the same lines stand there for each.
@Suite struct EaseOfTypesTests {
  @Test func ofDoubles() {
    var a: Tensor<Double> = [[1, 2], [3, 4]]
    let (x, s): (Double, Double) = (a[0, 1], 2)
    let (i, j) = (0, 1)
    #expect(x == 2 && a[i, j] + a[j, j] == 6 && a[-1, -1] == 4 && a[0, 1] < 3)
    let selections: [any TensorIndex] = [1, 0...]
    #expect(a[selections] == [3, 4] && a[[0, 1] as [Int]].item == x && a[-1...] == [[3, 4]])
    #expect(a * s - s * a == 0 * a && s / a + 1 == 1 + 2 / a && s - a == -(a - s))
    #expect((a * a + a * a) * 2 + 2 * a * a - s * (a + 1) * (a - 1) + 3 == 4 * a * a + 5)
    #expect(
      maximum(0, a) == a && minimum(a, s) == [[1, 2], [2, 2]] && maximum(s, a)[0] == [2, 2])
    #expect((1 .< a) == (a .> 1) && (s .>= a) == [[true, true], [false, false]])
    #expect(
      a.where(a .> 1, else: 0) == [[0, 2], [3, 4]] && a.where(a .> 3, else: s)[0] == [2, 2])
    #expect(a.sum(axis: 1) == [3, 7] && a.sum(axis: -1, keepingAxes: true) == [[3], [7]])
    a[0, 1] = 3
    a[i, i] = a[j, j]
    a[j, i] = x
    a[j, j] += 5
    #expect(a == [[4, 3], [2, 9]])
    a[0] = [5, 6]
    a[.all, 1] *= 2
    a[a .> 10] = 0
    #expect(a == [[5, 0], [2, 0]] && [[Double]](a) == [[5, 0], [2, 0]])
  }

  @Test func ofHalves() {
    var a: Tensor<Float16> = [[1, 2], [3, 4]]
    let (x, s): (Float16, Float16) = (a[0, 1], 2)
    let (i, j) = (0, 1)
    #expect(x == 2 && a[i, j] + a[j, j] == 6 && a[-1, -1] == 4 && a[0, 1] < 3)
    let selections: [any TensorIndex] = [1, 0...]
    #expect(a[selections] == [3, 4] && a[[0, 1] as [Int]].item == x && a[-1...] == [[3, 4]])
    #expect(a * s - s * a == 0 * a && s / a + 1 == 1 + 2 / a && s - a == -(a - s))
    #expect((a * a + a * a) * 2 + 2 * a * a - s * (a + 1) * (a - 1) + 3 == 4 * a * a + 5)
    #expect(
      maximum(0, a) == a && minimum(a, s) == [[1, 2], [2, 2]] && maximum(s, a)[0] == [2, 2])
    #expect((1 .< a) == (a .> 1) && (s .>= a) == [[true, true], [false, false]])
    #expect(
      a.where(a .> 1, else: 0) == [[0, 2], [3, 4]] && a.where(a .> 3, else: s)[0] == [2, 2])
    #expect(a.sum(axis: 1) == [3, 7] && a.sum(axis: -1, keepingAxes: true) == [[3], [7]])
    a[0, 1] = 3
    a[i, i] = a[j, j]
    a[j, i] = x
    a[j, j] += 5
    #expect(a == [[4, 3], [2, 9]])
    a[0] = [5, 6]
    a[.all, 1] *= 2
    a[a .> 10] = 0
    #expect(a == [[5, 0], [2, 0]] && [[Float16]](a) == [[5, 0], [2, 0]])
  }

  @Test func ofBrainFloats() {
    var a: Tensor<BFloat16> = [[1, 2], [3, 4]]
    let (x, s): (BFloat16, BFloat16) = (a[0, 1], 2)
    let (i, j) = (0, 1)
    #expect(x == 2 && a[i, j] + a[j, j] == 6 && a[-1, -1] == 4 && a[0, 1] < 3)
    let selections: [any TensorIndex] = [1, 0...]
    #expect(a[selections] == [3, 4] && a[[0, 1] as [Int]].item == x && a[-1...] == [[3, 4]])
    #expect(a * s - s * a == 0 * a && s / a + 1 == 1 + 2 / a && s - a == -(a - s))
    #expect((a * a + a * a) * 2 + 2 * a * a - s * (a + 1) * (a - 1) + 3 == 4 * a * a + 5)
    #expect(
      maximum(0, a) == a && minimum(a, s) == [[1, 2], [2, 2]] && maximum(s, a)[0] == [2, 2])
    #expect((1 .< a) == (a .> 1) && (s .>= a) == [[true, true], [false, false]])
    #expect(
      a.where(a .> 1, else: 0) == [[0, 2], [3, 4]] && a.where(a .> 3, else: s)[0] == [2, 2])
    #expect(a.sum(axis: 1) == [3, 7] && a.sum(axis: -1, keepingAxes: true) == [[3], [7]])
    a[0, 1] = 3
    a[i, i] = a[j, j]
    a[j, i] = x
    a[j, j] += 5
    #expect(a == [[4, 3], [2, 9]])
    a[0] = [5, 6]
    a[.all, 1] *= 2
    a[a .> 10] = 0
    #expect(a == [[5, 0], [2, 0]] && [[BFloat16]](a) == [[5, 0], [2, 0]])
  }

  @Test func ofInt8s() {
    var a: Tensor<Int8> = [[1, 2], [3, 4]]
    let (x, s): (Int8, Int8) = (a[0, 1], 2)
    let (i, j) = (0, 1)
    #expect(x == 2 && a[i, j] + a[j, j] == 6 && a[-1, -1] == 4 && a[0, 1] < 3)
    let selections: [any TensorIndex] = [1, 0...]
    #expect(a[selections] == [3, 4] && a[[0, 1] as [Int]].item == x && a[-1...] == [[3, 4]])
    #expect(a * s - s * a == 0 * a && s / a + 1 == 1 + 2 / a && s - a == -(a - s))
    #expect((a * a + a * a) * 2 + 2 * a * a - s * (a + 1) * (a - 1) + 3 == 4 * a * a + 5)
    #expect(
      maximum(0, a) == a && minimum(a, s) == [[1, 2], [2, 2]] && maximum(s, a)[0] == [2, 2])
    #expect((1 .< a) == (a .> 1) && (s .>= a) == [[true, true], [false, false]])
    #expect(
      a.where(a .> 1, else: 0) == [[0, 2], [3, 4]] && a.where(a .> 3, else: s)[0] == [2, 2])
    #expect(a.sum(axis: 1) == [3, 7] && a.sum(axis: -1, keepingAxes: true) == [[3], [7]])
    a[0, 1] = 3
    a[i, i] = a[j, j]
    a[j, i] = x
    a[j, j] += 5
    #expect(a == [[4, 3], [2, 9]])
    a[0] = [5, 6]
    a[.all, 1] *= 2
    a[a .> 10] = 0
    #expect(a == [[5, 0], [2, 0]] && [[Int8]](a) == [[5, 0], [2, 0]])
  }

  @Test func ofInt64s() {
    var a: Tensor<Int64> = [[1, 2], [3, 4]]
    let (x, s): (Int64, Int64) = (a[0, 1], 2)
    let (i, j) = (0, 1)
    #expect(x == 2 && a[i, j] + a[j, j] == 6 && a[-1, -1] == 4 && a[0, 1] < 3)
    let selections: [any TensorIndex] = [1, 0...]
    #expect(a[selections] == [3, 4] && a[[0, 1] as [Int]].item == x && a[-1...] == [[3, 4]])
    #expect(a * s - s * a == 0 * a && s / a + 1 == 1 + 2 / a && s - a == -(a - s))
    #expect((a * a + a * a) * 2 + 2 * a * a - s * (a + 1) * (a - 1) + 3 == 4 * a * a + 5)
    #expect(
      maximum(0, a) == a && minimum(a, s) == [[1, 2], [2, 2]] && maximum(s, a)[0] == [2, 2])
    #expect((1 .< a) == (a .> 1) && (s .>= a) == [[true, true], [false, false]])
    #expect(
      a.where(a .> 1, else: 0) == [[0, 2], [3, 4]] && a.where(a .> 3, else: s)[0] == [2, 2])
    #expect(a.sum(axis: 1) == [3, 7] && a.sum(axis: -1, keepingAxes: true) == [[3], [7]])
    a[0, 1] = 3
    a[i, i] = a[j, j]
    a[j, i] = x
    a[j, j] += 5
    #expect(a == [[4, 3], [2, 9]])
    a[0] = [5, 6]
    a[.all, 1] *= 2
    a[a .> 10] = 0
    #expect(a == [[5, 0], [2, 0]] && [[Int64]](a) == [[5, 0], [2, 0]])
  }

  @Test func ofUInt16s() {
    var a: Tensor<UInt16> = [[1, 2], [3, 4]]
    let (x, s): (UInt16, UInt16) = (a[0, 1], 2)
    let (i, j) = (0, 1)
    #expect(x == 2 && a[i, j] + a[j, j] == 6 && a[-1, -1] == 4 && a[0, 1] < 3)
    let selections: [any TensorIndex] = [1, 0...]
    #expect(a[selections] == [3, 4] && a[[0, 1] as [Int]].item == x && a[-1...] == [[3, 4]])
    #expect(a * s - s * a == 0 * a && s / a + 1 == 1 + 2 / a && s - a == -(a - s))
    #expect((a * a + a * a) * 2 + 2 * a * a - s * (a + 1) * (a - 1) + 3 == 4 * a * a + 5)
    #expect(
      maximum(0, a) == a && minimum(a, s) == [[1, 2], [2, 2]] && maximum(s, a)[0] == [2, 2])
    #expect((1 .< a) == (a .> 1) && (s .>= a) == [[true, true], [false, false]])
    #expect(
      a.where(a .> 1, else: 0) == [[0, 2], [3, 4]] && a.where(a .> 3, else: s)[0] == [2, 2])
    #expect(a.sum(axis: 1) == [3, 7] && a.sum(axis: -1, keepingAxes: true) == [[3], [7]])
    a[0, 1] = 3
    a[i, i] = a[j, j]
    a[j, i] = x
    a[j, j] += 5
    #expect(a == [[4, 3], [2, 9]])
    a[0] = [5, 6]
    a[.all, 1] *= 2
    a[a .> 10] = 0
    #expect(a == [[5, 0], [2, 0]] && [[UInt16]](a) == [[5, 0], [2, 0]])
  }

  @Test func numbersOfEveryFloatingPointType() {
    func expect<Scalar: TensorFloatingPoint>(_ scalar: Scalar.Type) {
      let a: Tensor<Scalar> = [1, .nan, .infinity, -.infinity]
      #expect(
        a.isNaN() == [false, true, false, false] && (2 * .pi * a)[1...].isFinite().any() == false)
      #expect(a.isFinite() == [true, false, false, false])
    }
    expect(Float.self)
    expect(Double.self)
    expect(Float16.self)
    expect(BFloat16.self)
    let b: Tensor<BFloat16> = [0.5, 1.5]
    #expect((b * 0.5 + 1) / 2 == [0.625, 0.875] && b.mean() == 1 && (0.5 - b)[1] == -1)
    #expect((b - b.mean()) / (b.standardDeviation() + 0) == [-1, 1] && pow(b, 2)[1].item == 2.25)
  }
}
