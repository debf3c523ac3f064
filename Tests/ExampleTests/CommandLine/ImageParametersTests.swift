import Testing
import _ExampleCommandLine

@Suite struct ImageParametersTests {
  static let fields: [ImageParameters.Field] = [
    .init("Steps", "20"), .init("Sampler", "Euler a"), .init("CFG scale", "7"),
    .init("Seed", "965400086"), .init("Size", "512x512"),
  ]

  @Test func writesTheUsualForm() {
    let parameters = ImageParameters(
      prompt: "a cat\non a mat", negativePrompt: "a dog",
      fields: [
        .init("Steps", "20"), .init("Sampler", "DDIM"), .init("Cache", "delta-dit:n=2,b=12"),
      ])
    #expect(
      parameters.text == """
        a cat
        on a mat
        Negative prompt: a dog
        Steps: 20, Sampler: DDIM, Cache: "delta-dit:n=2,b=12"
        """)
  }

  @Test func readsWhatOthersWrite() {
    let parameters = ImageParameters(
      text: """
        a cat, 4k
        on a mat
        Negative prompt: a dog,
        blurry
        Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 965400086, Size: 512x512

        """)
    #expect(parameters.prompt == "a cat, 4k\non a mat")
    #expect(parameters.negativePrompt == "a dog,\nblurry")
    #expect(parameters.fields == Self.fields)
    #expect(parameters["Size"] == "512x512")
    #expect(parameters["Model"] == nil)
  }

  @Test(arguments: [
    "", "plain", "a, b", "a: b", "say \"hi\"", "\"quoted\"", "back\\slash", "two\nlines", "a/b",
    " blanks ", "naïve, 猫", "tab\tand, comma", "\\\"", "\"", ",", ":",
  ])
  func valuesSurvive(_ value: String) {
    let written = ImageParameters(
      prompt: "p", fields: [.init("First", "1"), .init("Odd one", value), .init("Last", "3")])
    #expect(ImageParameters(text: written.text) == written)
  }

  @Test(arguments: ["", "one", "one\ntwo", "a: b, c: d", "one\n\nthree"], ["", "no", "no\nnot"])
  func promptsSurvive(_ prompt: String, _ negative: String) {
    let written = ImageParameters(
      prompt: prompt, negativePrompt: negative, fields: Self.fields)
    #expect(ImageParameters(text: written.text) == written)
  }

  @Test func anythingCanBeRead() {
    #expect(ImageParameters(text: "") == ImageParameters(fields: []))
    #expect(
      ImageParameters(text: "Steps: 20, Seed: 1")
        == ImageParameters(prompt: "Steps: 20, Seed: 1", fields: []))
  }
}
