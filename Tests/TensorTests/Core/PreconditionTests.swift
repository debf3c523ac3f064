import Tensor
import Testing

/// What a broken precondition prints, in every build.
@Suite struct PreconditionTests {
  static func message(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func shapesThatDoNotMeet() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]) + Tensor(zeros: [2])
    }
    #expect(Self.message(result).contains("+: shapes [2, 3] and [2] do not meet"))
  }

  @Test func extentsThatOverflow() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [0, 1 << 40, 1 << 40])
    }
    #expect(
      Self.message(result).contains(
        "a tensor of shape [0, 1099511627776, 1099511627776] is too large"))
  }

  @Test func indexOutOfRange() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3])[1, -4]
    }
    #expect(
      Self.message(result).contains("subscript: index -4 is out of range in axis 1 of [2, 3]"))
  }

  @Test func tooManyIndices() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2])[0, 0]
    }
    #expect(Self.message(result).contains("subscript: 2 indices are no element of [2]"))
  }

  @Test func targetThatDoesNotStretch() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var tensor = Tensor<Float>(zeros: [1, 3])
      tensor += Tensor(zeros: [2, 3])
    }
    #expect(Self.message(result).contains("+=: [2, 3] does not stretch to [1, 3]"))
  }

  @Test func negativeBroadcast() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [1]).broadcast(to: [-1])
    }
    #expect(Self.message(result).contains("broadcast: [1] does not stretch to [-1]"))
  }

  @Test func reshapeToAnotherCount() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).reshaped([4, -1])
    }
    #expect(Self.message(result).contains("reshape: [2, 3] does not fit into [4, -1]"))
  }

  @Test func largestOfNothing() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Int8>(zeros: [2, 0]).max(axes: [1])
    }
    #expect(Self.message(result).contains("maximum: axes [1] of [2, 0] are empty"))
  }

  @Test func moreDimensionsThanCanBeWalked() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let shape = [Int](repeating: 2, count: 17)
      let tensor = Tensor<Int8>(repeating: 0, shape: shape)
      _ = tensor.permuted(shape.indices.reversed()).contiguous()
    }
    #expect(Self.message(result).contains("more than 16 dimensions cannot be walked"))
  }

  /// What is too large for a number says so, and names the caller's line.
  @Test func sizesThatOverflow() async {
    let reshape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [4]).reshaped([-1, 1 << 62, 4])
    }
    #expect(Self.message(reshape).contains("reshape: [4] does not fit into"))
    #expect(Self.message(reshape).contains("PreconditionTests.swift:"))
    let pad = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [4]).padded([(Int.max, 1)], with: 0)
    }
    #expect(Self.message(pad).contains("are too large"))
    let split = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [4]).split([Int.max, 2])
    }
    #expect(Self.message(split).contains("do not make up axis 0 of [4]"))
    let range = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<UInt8>(range: 250..<260)
    }
    #expect(Self.message(range).contains("range: UInt8 does not hold all of 250..<260"))
  }

  @Test func callersAreNamed() async {
    let index = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).gathered([5])
    }
    #expect(Self.message(index).contains("PreconditionTests.swift:"))
    #expect(Self.message(index).contains("take: index 5 is out of range in an axis of 2"))
    let along = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).gathered(along: 1, [[0, 1], [3, 2]])
    }
    #expect(Self.message(along).contains("PreconditionTests.swift:"))
    #expect(Self.message(along).contains("take: index 3 is out of range in an axis of 3"))
    let last = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      // Several parts, of which the last one has the fault.
      var places = Tensor<Int64>(zeros: [4096, 64])
      places[4095, 63] = 64
      _ = Tensor<Float>(zeros: [4096, 64]).gathered(along: 1, places)
    }
    #expect(Self.message(last).contains("PreconditionTests.swift:"))
    #expect(Self.message(last).contains("take: index 64 is out of range in an axis of 64"))
    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 0]).gathered(along: 1, [[0], [0]])
    }
    #expect(Self.message(empty).contains("take: index 0 is out of range in an axis of 0"))
    let place = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var sums = Tensor<Float>(zeros: [2, 3])
      sums.add(1, along: 0, at: [[0, 1, -3]])
    }
    #expect(Self.message(place).contains("PreconditionTests.swift:"))
    #expect(Self.message(place).contains("add: index -3 is out of range in an axis of 2"))
    let axis = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).sum(axis: 2)
    }
    #expect(Self.message(axis).contains("PreconditionTests.swift:"))
    let element = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x: Float = Tensor<Float>(zeros: [2, 3, 4])[0, 1]
      _ = x
    }
    #expect(Self.message(element).contains("2 indices are no element of [2, 3, 4]"))
  }
}
