import Foundation
import Testing
import _ExampleCommandLine

/// The text of a PNG file under the keyword `parameters`, whichever of its two forms it has.
func parameters(of image: Data) throws -> ImageParameters {
  func text(_ type: String, after rest: [UInt8]) -> Data? {
    guard let start = image.range(of: Data("\(type)parameters\0".utf8) + rest) else { return nil }
    let length = image[(start.lowerBound - 4)..<start.lowerBound].reduce(0) { $0 << 8 | Int($1) }
    return image[start.upperBound..<(start.lowerBound + 4 + length)]
  }
  if let bytes = text("tEXt", after: []) {
    return ImageParameters(text: try #require(String(bytes: bytes, encoding: .isoLatin1)))
  }
  // Not compressed, and without a language and a translated keyword.
  let bytes = try #require(text("iTXt", after: [0, 0, 0, 0]))
  return ImageParameters(text: try #require(String(bytes: bytes, encoding: .utf8)))
}

/// The options that the text of an image stands for.
func drawingOptions(of image: Data) throws -> [String] {
  let parameters = try parameters(of: image)
  func list(_ key: String) throws -> [String]? {
    try parameters[key].map { try JSONDecoder().decode([String].self, from: Data($0.utf8)) }
  }
  var options: [String]
  if let classes = parameters["Class"] {
    options = classes.split(separator: " ").flatMap { ["--class", String($0)] }
  } else {
    options = try (list("Prompts") ?? [parameters.prompt]).map { "--prompt=\($0)" }
    let negative = try list("Negative")?.first ?? parameters.negativePrompt
    if parameters["Unconditional"] != "learned" { options.append("--negative-prompt=\(negative)") }
    let size = try #require(parameters["Size"]).split(separator: "x")
    options += ["-W", String(size[0]), "-H", String(size[1])]
  }
  for (key, option) in [
    ("Steps", "--steps"), ("Sampler", "--sampler"), ("CFG scale", "--cfg-scale"),
    ("Seed", "--seed"), ("RNG", "--rng"), ("Eta", "--eta"),
    ("Timestep spacing", "--timestep-spacing"), ("Schedule type", "--schedule"),
    ("Cache", "--cache"), ("Embeddings", "--embeddings"),
    ("Batch count", "--batch-count"), ("Precision", "--precision"),
    ("Text precision", "--text-precision"),
  ] {
    if let value = parameters[key] { options += [option, value] }
  }
  return options + (parameters["Layout"] == "grid" ? ["--grid"] : [])
}
