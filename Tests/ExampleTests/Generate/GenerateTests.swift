import Foundation
import Kernels
import Tensor
import Testing
import _ExampleCommandLine

@Suite(.serialized, .timeLimit(.minutes(2))) struct GenerateTests {
  @Test func drawsAGridThatSaysHowItWasMade() throws {
    let folder = try TemporaryFolder()
    let result = try generate("--steps", "3", "-o", folder.file("grid.png"))
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("wrote") && result.error.contains("f32 on "))
    #expect(result.error.contains("model      fashion-dit: DiT"))
    #expect(try folder.names == ["grid.png"])
    let bytes = try Data(contentsOf: URL(filePath: folder.file("grid.png")))
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(bytes.range(of: Data("tEXtparameters".utf8)) != nil)
    #expect(bytes.range(of: Data("Steps: 3, Sampler: ddim, CFG scale: 3.0, Seed: 42".utf8)) != nil)
  }

  @Test func numbersSeveralImages() throws {
    let folder = try TemporaryFolder()
    let result = try generate(
      "--class", "Sneaker", "--class", "ankle", "-b", "2", "--steps", "2", "--quiet", "-o",
      folder.file("shoe.png"))
    #expect(result.status == 0 && result.output.isEmpty && result.error.isEmpty)
    #expect(
      try folder.names == ["shoe-0001.png", "shoe-0002.png", "shoe-0003.png", "shoe-0004.png"])
  }

  /// The same bytes from any number of threads and any batch, with a cache and without.
  @Test(arguments: ["none", "delta-dit:n=2,nc=9,b=2"])
  func givesTheSameBytes(_ cache: String) throws {
    let folder = try TemporaryFolder()
    func bytes(threads: Int, batch: Int) throws -> Data {
      let path = folder.file("\(threads)-\(batch).safetensors")
      let result = try generate(
        "--steps", "4", "--cache", cache, "-t", "\(threads)", "--batch-size", "\(batch)",
        "--quiet", "-o", folder.file("grid.png"), "--latents-out", path)
      #expect(result.status == 0, "\(result.error)")
      return try Data(contentsOf: URL(filePath: path))
    }
    let expected = try bytes(threads: 1, batch: 10)
    for (threads, batch) in [(2, 10), (3, 10), (1, 1), (2, 3), (3, 1)] {
      #expect(try bytes(threads: threads, batch: batch) == expected)
    }
  }

  /// The shipped model is too small to gain from bfloat16.
  @Test(arguments: Workspace.supportedInstructionSets, ["auto", "f32", "bf16"])
  func usesTheInstructionSetOfTheEnvironment(_ table: String, _ option: String) throws {
    let folder = try TemporaryFolder()
    let result = try generate(
      "--class", "bag", "--steps", "2", "-t", "2", "--precision", option, "--json", "-o",
      folder.file("bag.png"), environment: ["KERNELS_ISA": table])
    let precision = option == "auto" ? "f32" : option
    #expect(result.error.contains("compute    \(precision) on \(table), 2 threads\n"))
    let image = try Data(contentsOf: URL(filePath: folder.file("bag.png")))
    let text = "Precision: \(precision), Instruction set: \(table)"
    #expect(image.range(of: Data(text.utf8)) != nil)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(report["instructionSet"] as? String == table)
    #expect(report["precision"] as? String == precision && report["threads"] as? Int == 2)
    #expect(report["steps"] as? Int == 2 && report["images"] as? Int == 1)
    #expect(report["outputs"] as? [String] == [folder.file("bag.png")])
  }

  @Test func startsFromGivenNoise() throws {
    let folder = try TemporaryFolder()
    var generator = TorchGenerator(seed: 42)
    let noise = generator.normal([1, 1, 32, 32])
    try Safetensors.write(["latents": AnyTensor(noise)], to: folder.file("noise.safetensors"))
    let common = ["--class", "bag", "--steps", "3", "--quiet", "-o", folder.file("bag.png")]
    for (name, more) in [
      ("drawn", []), ("given", ["--latents-in", folder.file("noise.safetensors")]),
    ] {
      let result = try GenerateProcess(
        common + ["--latents-out", folder.file("\(name).npy")] + more
      ).finish()
      #expect(result.status == 0, "\(result.error)")
    }
    #expect(
      try Data(contentsOf: URL(filePath: folder.file("drawn.npy")))
        == Data(contentsOf: URL(filePath: folder.file("given.npy"))))
  }

  /// Every mistake is one line with its exit code, and nothing is written.
  @Test(arguments: [
    (64, "--bogus", "", "unknown option '--bogus'"),
    (64, "--class", "nobody", "0 T-shirt/top, 1 Trouser"),
    (64, "--sampler", "magic", "one of ddpm, ddim, dpm++2m, dpm++2m-sde, unipc, euler"),
    (64, "--cache", "magic", "there is no cache 'magic'; there are delta-dit, delta-cache"),
    (64, "--cache", "delta-dit:nc=13", "nc must be from 0 to 12, not '13'"),
    (64, "--cache", "delta-cache:range=8-27", "the model has blocks 0-11"),
    (64, "--cache", "delta-dit:target=0.6,n=3", "target must be given without n and nc"),
    (64, "--steps", "0", "an integer from 1"),
    (64, "--steps", "1001", "from 1 to 1000"),
    (64, "-b", "-1", "an integer from 1"),
    (64, "-b", "300", "a grid of 3000 images is too large"),
    (64, "--latents-out", "x.txt", ".npy or .safetensors"),
    (64, "--cache", "delta-dit:b=21", "b must be from 0 to 20"),
    (64, "--cache", "delta-dit:nc=9,front=4", "front must be from 0 to 3, not '4'"),
    (64, "--cache", "delta-dit:x=1", "delta-dit has no 'x'; it has"),
    (64, "--cache", "delta-dit:target=0.01", "a share from 0.05 to 1 in 20 steps"),
    (64, "--cfg-scale", "1e39", "a number from"),
    (64, "--compare", "", "--compare needs a --cache"),
    (64, "--precision", "f16", "one of auto, f32, bf16"),
    (64, "--output", "again.png", "--output may be given only once"),
    (1, "--model", "/nowhere", "/nowhere/config.json"),
    (1, "--latents-in", "/nowhere.npy", "/nowhere.npy"),
  ])
  func refuses(_ status: Int, _ option: String, _ value: String, _ message: String) throws {
    let folder = try TemporaryFolder()
    let result = try GenerateProcess(
      ["-o", folder.file("none.png"), option] + (value.isEmpty ? [] : [value])
    ).finish()
    #expect(Int(result.status) == status)
    #expect(result.error.contains(message) && result.error.hasPrefix("generate: "))
    #expect(result.error.split(separator: "\n").count == 1)
    #expect(result.output.isEmpty)
    #expect(try folder.names.isEmpty)
  }

  @Test func listsCaches() throws {
    let result = try GenerateProcess(["--cache", "list"]).finish()
    #expect(result.status == 0 && result.error.isEmpty)
    #expect(result.output.contains("taylorseer") && result.output.contains("warmup"))
  }

  @Test func refusesOptionsThatExcludeEachOther() throws {
    let folder = try TemporaryFolder()
    for (options, message) in [
      (["-o", "x.npy", "--latents-out", "./x.npy"], "two outputs are one file, './x.npy'"),
      (["--cache", "delta-dit", "--compare", "--preview-every", "1"], "would spoil them"),
      (["--cache", "list", "--json"], "prints a text, and takes no --json"),
      (["--cache", "list", "--model", "/nowhere"], "prints a text, and takes no --model"),
      (["--sampler", "ddpm", "--eta", "1"], "for --sampler ddim only"),
      (["--sampler", "ddpm", "--eta", "0"], "for --sampler ddim only"),
      (["--sampler", "ddim", "--schedule", "karras"], "--schedule is not for --sampler ddim"),
      (["--sampler", "lcm", "--timestep-spacing", "leading"], "is not for --sampler lcm"),
      (["--sampler", "flow-euler"], "'flow-euler' is not for models that predict 'epsilon'"),
      (["--sampler", "lcm", "--steps", "51"], "from 1 to 50"),
    ] {
      let result = try GenerateProcess(options, folder: folder).finish()
      #expect(result.status == 64 && result.error.contains(message), "\(result.error)")
      #expect(try folder.names.isEmpty)
    }
  }

  @Test func keepsFilesWhereAsked() throws {
    let folder = try TemporaryFolder()
    for name in ["a-0002.png", "a-preview-step-2.png", "a.npy"] {
      try Data().write(to: URL(filePath: folder.file(name)))
      let result = try generate(
        "--class", "1", "-b", "2", "--steps", "2", "--preview-every", "1", "--no-clobber", "-o",
        folder.file("a.png"), "--latents-out", folder.file("a.npy"))
      #expect(result.status == 1 && result.error.contains("\(name)' exists"), "\(result.error)")
      #expect(try folder.names == [name])
      try FileManager.default.removeItem(atPath: folder.file(name))
    }
  }

  @Test func refusesAnUnknownInstructionSet() throws {
    let result = try generate("--steps", "1", environment: ["KERNELS_ISA": "abacus"])
    #expect(result.status == 64)
    #expect(result.error.contains(Workspace.supportedInstructionSets.joined(separator: ", ")))
  }

  @Test func saysWhatToDoWhereItWasMovedFromItsModel() throws {
    let folder = try TemporaryFolder()
    let moved = URL(filePath: folder.file("moved"))
    try FileManager.default.copyItem(at: GenerateProcess.executable, to: moved)
    let result = try GenerateProcess(["-o", folder.file("x.png")], executable: moved).finish()
    #expect(result.status == 1)
    #expect(
      result.error.contains("is not beside this executable; name a model folder with --model"))
    #expect(try folder.names == ["moved"])
  }

  /// Below a scale of 1 the prediction without a class is mixed in, or there is no guidance.
  @Test func guidesBelowOneAsAskedFor() throws {
    let folder = try TemporaryFolder()
    func latents(_ scale: String, _ more: String...) throws -> Data {
      let result = try GenerateProcess(
        [
          "--class", "bag", "--steps", "2", "--cfg-scale", scale, "-o", "/dev/null",
          "--latents-out", folder.file("l.npy"),
        ] + more
      ).finish()
      #expect(result.status == 0, "\(result.error)")
      let isIdle = result.error.contains(
        "warning: --cfg-channels does nothing without guidance (--cfg-scale 1)")
      #expect(isIdle == (more.contains("three") && scale == "1"))
      return try Data(contentsOf: URL(filePath: folder.file("l.npy")))
    }
    let none = try latents("1", "--cfg-channels", "three")
    #expect(try latents("0.5", "--cfg-below-one", "off") == none)
    #expect(try latents("0.5", "--cfg-channels", "three") != none)
  }

  /// Times and speed-ups are of one statistic, and what is no number is null.
  @Test func comparesInRounds() throws {
    let folder = try TemporaryFolder()
    let result = try generate(
      "--class", "bag", "--steps", "4", "--cache", "fora", "--compare", "--json",
      "--json-progress", "-o", folder.file("x.png"))
    #expect(result.status == 0, "\(result.error)")
    struct Report: Decodable {
      struct Variant: Decodable {
        let name: String
        let seconds, speedUp: Double
        let psnr: Double?
      }
      let comparison: [Variant]
    }
    let variants = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8)).comparison
    #expect(variants.map(\.name).prefix(2) == ["uncached", "cached"] && variants.count == 3)
    #expect(variants[0].psnr == nil && variants[1].psnr != nil)
    for variant in variants {
      #expect(abs(variant.speedUp * variant.seconds / variants[0].seconds - 1) < 1e-9)
    }
    struct Line: Decodable { let round: Int, variant: String }
    let lines = try result.error.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    #expect(Set(lines.map(\.round)) == [1, 2, 3])
    #expect(Set(lines.map(\.variant)) == Set(variants.map(\.name)))
  }

  /// One image that is no number ends its whole batch.
  @Test func stopsAtNoiseThatIsNoNumber() throws {
    let folder = try TemporaryFolder()
    var noise = Tensor<Float>(repeating: 0, shape: [2, 1, 32, 32])
    noise[1, 0, 5, 5] = Tensor(scalar: .nan)
    try NumPyFile.write(noise, to: folder.file("nan.npy"))
    let result = try generate(
      "--class", "bag", "-b", "2", "--steps", "2", "--latents-in", folder.file("nan.npy"), "-o",
      folder.file("bag.png"))
    #expect(result.status == 1)
    #expect(result.error.contains("step 0: the latents are no longer finite"))
    #expect(try folder.names == ["nan.npy"])
  }

  @Test func refusesNoiseThatDoesNotFit() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("noise.npy")
    for noise in [
      AnyTensor(Tensor<Float>(zeros: [1, 1, 28, 28])),
      AnyTensor(Tensor<Int32>(zeros: [1, 1, 32, 32])),
    ] {
      try NumPyFile.write(noise, to: path)
      let result = try generate("--class", "1", "--latents-in", path, "-o", folder.file("x.png"))
      #expect(result.status == 1)
      #expect(result.error.contains("floating point of shape [1, 1, 32, 32], not"))
      #expect(try folder.names == ["noise.npy"])
    }
  }

  @Test func aFullDiskIsAnError() throws {
    let folder = try TemporaryFolder()
    let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    let result = try GenerateProcess(
      ["--class", "1", "--steps", "1", "--json"], folder: folder, output: full
    ).finish()
    #expect(result.status == 1)
    #expect(result.error.contains("cannot write to standard output: No space left"))
  }
}
