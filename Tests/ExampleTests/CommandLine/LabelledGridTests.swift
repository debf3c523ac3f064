import Tensor
import Testing
import _ExampleCommandLine

@Suite struct LabelledGridTests {
  /// An image of one shade.
  private func image(_ shade: UInt8, _ shape: [Int]) -> Tensor<UInt8> {
    Tensor(repeating: shade, shape: shape)
  }

  @Test func placesImagesRowByRow() {
    let images = (0..<3).map { image(UInt8($0 * 40), [10, 20]) }
    let grid = LabelledGrid(images, columns: 2, scale: 3).image()
    // Cells of 30 x 60 pixels, margins of 6.
    #expect(grid.shape == [6 + 2 * 36, 6 + 2 * 66])
    let pixels = grid.elements
    func pixel(_ y: Int, _ x: Int) -> UInt8 { pixels[y * 138 + x] }
    #expect(pixel(0, 0) == 255 && pixel(5, 6) == 255 && pixel(6, 5) == 255)
    #expect(pixel(6, 6) == 0 && pixel(35, 65) == 0 && pixel(36, 65) == 255)
    #expect(pixel(6, 72) == 40 && pixel(35, 131) == 40 && pixel(6, 132) == 255)
    #expect(pixel(42, 6) == 80 && pixel(42, 72) == 255)
  }

  @Test func enlargesPixelsToSquares() {
    let chequer = Tensor<UInt8>([0, 100, 200, 50], shape: [2, 2])
    let grid = LabelledGrid([chequer], columns: 1, scale: 2).image()
    #expect(grid.shape == [16, 16])
    let rows = (6..<10).map { row in Array(grid.elements[row * 16 + 6..<row * 16 + 10]) }
    #expect(
      rows == [[0, 0, 100, 100], [0, 0, 100, 100], [200, 200, 50, 50], [200, 200, 50, 50]])
  }

  @Test func keepsChannels() {
    let pixel = Tensor<UInt8>([1, 2, 3], shape: [1, 1, 3])
    let grid = LabelledGrid([pixel, pixel], columns: 5).image()
    #expect(grid.shape == [13, 20, 3])
    let start = (6 * 20 + 6) * 3
    #expect(Array(grid.elements[start..<start + 6]) == [1, 2, 3, 255, 255, 255])
  }

  @Test func writesCaptionsCentred() {
    let grid = LabelledGrid([image(255, [4, 20])], captions: ["T"], columns: 1).image()
    // The gap of 4 and the text of 8 below the image.
    #expect(grid.shape == [6 + 4 + 12 + 6, 32])
    let black = grid.elements.enumerated().filter { $0.element == 0 }.map(\.offset)
    // The bar of the T, then its stem; 5 columns in the middle of 20.
    #expect(black == Array(461...465) + (1...6).map { 463 + 32 * $0 })
  }

  @Test func clipsWideCaptions() {
    func grid(_ caption: String) -> [UInt8] {
      LabelledGrid([image(9, [4, 41])], captions: [caption], columns: 1).image().elements
    }
    // Seven characters of six columns, less the last gap.
    #expect(grid("ABCDEFGH") == grid("ABCD..."))
    #expect(grid("ABCDEFG") != grid("ABCD..."))
    #expect(grid("é") == grid("?"))
  }

  @Test func enlargesTextWithTheImages() {
    func height(_ caption: String) -> Int {
      LabelledGrid([image(0, [1, 256])], captions: [caption], columns: 1).image().shape[0]
    }
    #expect(height("tench") == 18 + 1 + 8 + 16 + 18)
    #expect(height("a caption of 27 characters.") == 18 + 1 + 4 + 8 + 18)
  }

  @Test func everyCharacterHasItsOwnShape() {
    let characters = (33...126).map { Character(UnicodeScalar(UInt8($0))) }
    let shapes = characters.map { character in
      LabelledGrid([image(255, [1, 5])], captions: [String(character)], columns: 1)
        .image().elements
    }
    #expect(Set(shapes).count == characters.count)
    #expect(shapes.allSatisfy { $0.contains(0) })
  }
}
