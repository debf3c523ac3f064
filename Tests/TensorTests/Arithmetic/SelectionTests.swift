import Tensor
import Testing
import _TestSupport

@Suite struct SelectionTests {
  @Test func selectsWithBroadcasting() {
    let shapes = allShapes(ranks: 0...2, extents: 1...2) + [[0], [0, 2], [2, 0]]
    func common(_ a: [Int], _ b: [Int]) -> [Int]? {
      let rank = max(a.count, b.count)
      let pairs = zip(
        Array(repeating: 1, count: rank - a.count) + a,
        Array(repeating: 1, count: rank - b.count) + b)
      return pairs.allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 }
        ? pairs.map { $0 == 1 ? $1 : $0 } : nil
    }
    for first in shapes {
      for second in shapes {
        for third in shapes {
          guard let pair = common(second, third), let shape = common(first, pair) else { continue }
          let a = SubscriptTests.places(second).tensor
          let b = a.rank == third.count && second == third ? -a - 1 : SubscriptTests.places(third).tensor + 50
          let condition = SubscriptTests.places(first).tensor .> 0
          let (x, y, z) = (NaiveArray(condition), NaiveArray(a), NaiveArray(b))
          let result = Tensor.select(condition, a, b)
          let expected = NaiveArray(shape) {
            x[broadcast: $0] ? y[broadcast: $0] : z[broadcast: $0]
          }
          #expect(result.shape == shape && result.elements == expected.elements)
        }
      }
    }
  }

  func expectSelection<Scalar: TensorScalar>(_ a: Scalar, _ b: Scalar) {
    let condition = Tensor((0..<37).map { $0 % 3 == 0 })
    let result = Tensor.select(condition, Tensor(scalar: a), Tensor(repeating: b, shape: [37]))
    #expect(result.elements == condition.elements.map { $0 ? a : b })
    let dense = Tensor.select(
      condition, Tensor(repeating: a, shape: [37]), Tensor(repeating: b, shape: [37]))
    #expect(dense == result)
    let backwards = Tensor.select(condition.flipped(0), result.flipped(0), dense.flipped(0))
    #expect(backwards.flipped(0) == result)
  }

  @Test func selectsEveryType() {
    expectSelection(Float(1), -2)
    expectSelection(1.5, 2.5)
    expectSelection(BFloat16(1), BFloat16(3))
    expectSelection(Float16(1), Float16(3))
    expectSelection(Int8(1), 2)
    expectSelection(UInt8(1), 2)
    expectSelection(Int32(1), 2)
    expectSelection(Int64(1), 2)
    expectSelection(true, false)
  }

  func expectEquality<Scalar: TensorScalar>(_ a: Scalar, _ b: Scalar) {
    for count in [0, 1, 5, 64, 1023, 1024, 1025, 3000] {
      let tensor = Tensor(repeating: a, shape: [count])
      #expect(tensor == Tensor(repeating: a, shape: [count]))
      #expect(tensor == Tensor(scalar: a).broadcast(to: [count]))
      for place in Set([0, count / 2, count - 1]) where count > 0 {
        var other = tensor
        other[place] = Tensor(scalar: b)
        #expect(other != tensor && other.flipped(0) != tensor)
      }
    }
    let pairs = Tensor([a, b, b, a, a, b], shape: [2, 3])
    #expect(pairs.transposed().contiguous() == pairs.transposed())
    #expect(pairs != pairs.flipped(1) && pairs != pairs.reshaped([3, 2]))
  }

  @Test func comparesEveryType() {
    expectEquality(Float(1), -2)
    expectEquality(1.5, 2.5)
    expectEquality(BFloat16(1), BFloat16(3))
    expectEquality(Float16(1), Float16(3))
    expectEquality(Int8(1), 2)
    expectEquality(UInt8(1), 2)
    expectEquality(Int32(1), 2)
    expectEquality(Int64(1), 2)
    expectEquality(true, false)
  }

  func expectNumbers<Scalar: TensorScalar>(_ zero: Scalar, _ minusZero: Scalar, _ nan: Scalar) {
    #expect(Tensor([zero, minusZero]) == Tensor([minusZero, zero]))
    #expect(Tensor([nan]) != Tensor([nan]))
    #expect(Tensor([zero]) != Tensor([nan]))
  }

  @Test func comparesNumbersNotBits() {
    expectNumbers(Float(0), -0.0, .nan)
    expectNumbers(0.0, -0.0, .nan)
    expectNumbers(Float16(0), -0.0, .nan)
    expectNumbers(BFloat16(0), BFloat16(-0.0), BFloat16(.nan))
    // Every bit pattern against some others.
    let patterns = Tensor((0...65535).map { BFloat16(bitPattern: UInt16($0)) })
    let halves = Tensor((0...65535).map { Float16(bitPattern: UInt16($0)) })
    for i in Array(stride(from: 0, to: 65536, by: 257)) + [0x7C00, 0x7C01, 0x7F80, 0xFC00, 0xFF80, 32768] {
      #expect((patterns[i] == patterns[i]) == (patterns[i].item == patterns[i].item))
      #expect((halves[i] == halves[i]) == (halves[i].item == halves[i].item))
      #expect((halves[i] == halves[0]) == (halves[i].item == 0))
    }
  }

  @Test func computesWithTruthValues() {
    let (a, b) = (Tensor([false, true], shape: [2, 1]), Tensor([false, true]))
    #expect((a .& b).elements == [false, false, false, true])
    #expect((a .| b).elements == [false, true, true, true])
    #expect((a .^ b).elements == [false, true, true, false])
    #expect((.!b).elements == [true, false])
    let long = Tensor((0..<1003).map { $0 % 7 == 0 })
    #expect((.!long).elements == long.elements.map { !$0 })
    #expect((long .& .!long).any() == false && (long .| .!long).all())
    #expect((long.flipped(0) .^ long).elements == zip(long.elements.reversed(), long.elements).map(!=))
    #expect(Tensor<Bool>([]).all() && !Tensor<Bool>([]).any())
    #expect(!long.all() && long.any() && long[7].all() && !long[8].any())
    #expect(Tensor([true, false], shape: [1, 2]).transposed().any())
  }
}
