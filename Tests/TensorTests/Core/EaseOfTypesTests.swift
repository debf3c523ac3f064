import Tensor
import Testing

/// What one types first, in the types that `EaseTests` has not.
@Suite struct EaseOfTypesTests {
  static let types: [any TensorNumeric.Type] = [
    Double.self, Float16.self, BFloat16.self, Int8.self, Int16.self, Int32.self, Int64.self,
    UInt8.self, UInt16.self, UInt32.self, UInt64.self,
  ]

  @Test(arguments: types) func inGenericCode(_ type: any TensorNumeric.Type) {
    func expect<Scalar: TensorNumeric>(_: Scalar.Type) {
      var a: Tensor<Scalar> = [[1, 2], [3, 4]]
      let (x, s): (Scalar, Scalar) = (a[0, 1], 2)
      let (i, j) = (0, 1)
      #expect(x == 2 && a[i, j] + a[j, j] == 6 && a[-1, -1] == 4 && a[0, 1] < 3)
      let selections: [any TensorIndex] = [1, 0...]
      #expect(a[selections] == [3, 4] && a[[0, 1] as [Int]].item == x && a[-1...] == [[3, 4]])
      #expect((a * a + a * a) * 2 + 2 * a * a - 2 * (a + 1) * (a - 1) + 3 == 4 * a * a + 5)
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
      #expect(a == [[5, 0], [2, 0]] && [[Scalar]](a) == [[5, 0], [2, 0]])
    }
    expect(type)
  }

  /// Operators of a tensor and a number in a variable are written for each type by name, so the same
  /// line stands here for each.
  @Test func withNumbersInVariables() {
    do {
      let (a, s): (Tensor<Double>, Double) = ([1, 2, 4], 2)
      #expect(
        a * s - s * a == 0 * a && s / a + s == s + 2 / a && s - a == -(a - s) && a / s == a / 2)
    }
    do {
      let (a, s): (Tensor<Float16>, Float16) = ([1, 2, 4], 2)
      #expect(
        a * s - s * a == 0 * a && s / a + s == s + 2 / a && s - a == -(a - s) && a / s == a / 2)
    }
    do {
      let (a, s): (Tensor<BFloat16>, BFloat16) = ([1, 2, 4], 2)
      #expect(
        a * s - s * a == 0 * a && s / a + s == s + 2 / a && s - a == -(a - s) && a / s == a / 2)
    }
    do {
      let (a, s): (Tensor<Int8>, Int8) = ([1, 2, 4], 2)
      #expect(
        a * s - s * a == 0 * a && s / a + s == s + 2 / a && s - a == -(a - s) && a / s == a / 2)
    }
    do {
      let (a, s): (Tensor<Int16>, Int16) = ([1, 2, 4], 2)
      #expect(
        a * s - s * a == 0 * a && s / a + s == s + 2 / a && s - a == -(a - s) && a / s == a / 2)
    }
    do {
      let (a, s): (Tensor<Int32>, Int32) = ([1, 2, 4], 2)
      #expect(
        a * s - s * a == 0 * a && s / a + s == s + 2 / a && s - a == -(a - s) && a / s == a / 2)
    }
    do {
      let (a, s): (Tensor<Int64>, Int64) = ([1, 2, 4], 2)
      #expect(
        a * s - s * a == 0 * a && s / a + s == s + 2 / a && s - a == -(a - s) && a / s == a / 2)
    }
    do {
      let (a, s): (Tensor<UInt8>, UInt8) = ([1, 2, 4], 2)
      #expect(
        a * s - s * a == 0 * a && s / a + s == s + 2 / a && s - a == -(a - s) && a / s == a / 2)
    }
    do {
      let (a, s): (Tensor<UInt16>, UInt16) = ([1, 2, 4], 2)
      #expect(
        a * s - s * a == 0 * a && s / a + s == s + 2 / a && s - a == -(a - s) && a / s == a / 2)
    }
    do {
      let (a, s): (Tensor<UInt32>, UInt32) = ([1, 2, 4], 2)
      #expect(
        a * s - s * a == 0 * a && s / a + s == s + 2 / a && s - a == -(a - s) && a / s == a / 2)
    }
    do {
      let (a, s): (Tensor<UInt64>, UInt64) = ([1, 2, 4], 2)
      #expect(
        a * s - s * a == 0 * a && s / a + s == s + 2 / a && s - a == -(a - s) && a / s == a / 2)
    }
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
