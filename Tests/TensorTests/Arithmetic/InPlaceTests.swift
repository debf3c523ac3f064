import Tensor
import Testing
import _TestSupport

@Suite struct InPlaceTests {
  static func places(_ shape: [Int]) -> Tensor<Int32> { SubscriptTests.places(shape).tensor }

  @Test func writesInPlaceWhenAlone() {
    var tensor = Self.places([2, 3])
    let place = tensor.pointer
    tensor += 1
    tensor -= Tensor([1, 2, 3])
    tensor *= Tensor([2, 3], shape: [2, 1])
    tensor /= 2
    tensor[1] = Tensor(scalar: 9)
    tensor[.all, 0] = Tensor([7, 8])
    tensor[0, 1..<3] += 5
    #expect(tensor.pointer == place)
    #expect(tensor.elements == [7, 5, 5, 8, 9, 9])
  }

  @Test func copiesWhenShared() {
    var tensor = Self.places([2, 3])
    let old = tensor
    let row = tensor[0]
    tensor += 1
    #expect(tensor.storage !== old.storage)
    #expect(old.elements == [0, 1, 2, 3, 4, 5] && row.elements == [0, 1, 2])
    #expect(tensor.elements == [1, 2, 3, 4, 5, 6])
    var view = tensor[1]
    view *= 0
    view[0] = Tensor(scalar: 3)
    #expect(view.elements == [3, 0, 0] && tensor.elements == [1, 2, 3, 4, 5, 6])
    var stretched = Tensor<Int32>(scalar: 1).broadcast(to: [3])
    stretched += Tensor([1, 2, 3])
    #expect(stretched.elements == [2, 3, 4])
    stretched.withUnsafeMutableElements { $0[0] = 7 }
    #expect(stretched.elements == [7, 3, 4])
  }

  /// A view that is alone on its elements may be written to in place, but not through its gaps.
  @Test func makesAViewWhole() {
    var view = Self.places([3, 3]).transposed()
    view += 1
    #expect(view.isContiguous && view.elements == [1, 4, 7, 2, 5, 8, 3, 6, 9])
    var row = Self.places([3, 3])[1]
    let place = row.pointer
    row += 1
    #expect(row.pointer == place && row.elements == [4, 5, 6])
  }

  @Test func readsItselfWhileItWrites() {
    var tensor = Self.places([3, 3])
    tensor += tensor.transposed()
    #expect(tensor.elements == [0, 4, 8, 4, 8, 12, 8, 12, 16])
    tensor = Self.places([3, 3])
    tensor += tensor[0]
    #expect(tensor.elements == [0, 2, 4, 3, 5, 7, 6, 8, 10])
    tensor = Self.places([3, 3])
    tensor -= tensor
    #expect(tensor.elements == Array(repeating: 0, count: 9))
    tensor = Self.places([3, 3])
    tensor *= tensor.flipped(0).flipped(1)
    #expect(tensor.elements == [0, 7, 12, 15, 16, 15, 12, 7, 0])
    tensor = Self.places([2, 2])
    tensor[0] += tensor[1]
    #expect(tensor.elements == [2, 4, 2, 3])
    tensor[.all, 0] -= tensor[.all, 1]
    #expect(tensor.elements == [-2, 4, -1, 3])
  }

  @Test func isAValue() {
    let tensors = [Self.places([2]), Self.places([3])]
    var copies = tensors
    copies[0] += 5
    #expect(tensors[0].elements == [0, 1] && copies[0].elements == [5, 6])
    func changed(_ tensor: Tensor<Int32>) -> Tensor<Int32> {
      var tensor = tensor
      tensor[0] = Tensor(scalar: 100)
      return tensor
    }
    #expect(changed(tensors[1]).elements == [100, 1, 2] && tensors[1].elements == [0, 1, 2])
  }
}
