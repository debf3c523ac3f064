#if arch(x86_64)
internal import _Builtin_intrinsics.intel.cpuid
internal import _LibC

#if EMULATED_TILES
internal import _EmulatedTiles
#endif

#if os(Linux)
@_silgen_name("arch_prctl")
private func controlThread(_ code: Int32, _ argument: UInt) -> Int32
#endif

@_silgen_name("llvm.x86.xgetbv")
private func readExtendedControlRegister(_ index: UInt32) -> UInt64

/// What the processor can do and the system lets it do.
enum Processor {
  /// All of x86-64-v3: AVX2, FMA, BMI, F16C, LZCNT, MOVBE, and what was there before them.
  static let hasAVX2: Bool =
    systemSaves([1, 2])
    && bits(1, 0, \.ecx, [0, 9, 12, 13, 19, 20, 22, 23, 27, 28, 29])
    && bits(7, 0, \.ebx, [3, 5, 8]) && bits(0x8000_0001, 0, \.ecx, [0, 5])

  /// All of x86-64-v4: AVX-512 F, DQ, CD, BW, VL.
  static let hasAVX512: Bool =
    hasAVX2 && systemSaves([1, 2, 5, 6, 7]) && bits(7, 0, \.ebx, [16, 17, 28, 30, 31])

  /// The same, and AVX-512 VNNI.
  static let hasAVX512VNNI: Bool = hasAVX512 && bits(7, 0, \.ecx, [11])

  /// The same, and AVX-512 BF16.
  static let hasAVX512BF16: Bool = hasAVX512VNNI && bits(7, 1, \.eax, [5])

  /// The tile unit with bfloat16 and 8-bit numbers, AVX-512 VNNI, BF16 and VBMI, which every processor with the unit has, and
  /// the system's permission to use it.
  ///
  /// A system that knows the unit may still refuse it, as some hypervisors make it; that is worth
  /// a line, because it costs speed.
  static let hasAMX: Bool = {
    guard hasAVX512BF16 && bits(7, 0, \.ecx, [1]) else { return false }
    #if EMULATED_TILES
    EmulatedTiles.install()
    return true
    #else
    guard systemSaves([17, 18]) && bits(7, 0, \.edx, [22, 24, 25]) else { return false }
    #if os(Linux)
    let (requestPermission, tileData): (Int32, UInt) = (0x1023, 18)
    if controlThread(requestPermission, tileData) == 0 { return true }
    #endif
    let note = "the system refuses the tile unit (AMX) of this processor; vectors do its work\n"
    write(STDERR_FILENO, note, note.utf8.count)
    return false
    #endif
  }()

  private struct Registers {
    var eax: UInt32 = 0
    var ebx: UInt32 = 0
    var ecx: UInt32 = 0
    var edx: UInt32 = 0
  }

  private static func bits(
    _ leaf: UInt32, _ subleaf: UInt32, _ register: KeyPath<Registers, UInt32>, _ wanted: [UInt32]
  ) -> Bool {
    var r = Registers()
    guard __get_cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx) != 0 else {
      return false
    }
    return wanted.allSatisfy { r[keyPath: register] >> $0 & 1 == 1 }
  }

  /// Whether the system saves the registers of these state components when it switches threads.
  private static func systemSaves(_ components: [UInt64]) -> Bool {
    guard bits(1, 0, \.ecx, [27]) else { return false }  // without OSXSAVE the next line traps
    let saved = readExtendedControlRegister(0)
    return components.allSatisfy { saved >> $0 & 1 == 1 }
  }
}
#elseif arch(arm64)
internal import _LibC

/// What the processor can do and the system lets it do.
enum Processor {
  /// FEAT_DotProd, which every processor has that the package's systems of Apple run on.
  static let hasDotProducts: Bool = {
    #if os(Linux)
    let (capabilities, dotProducts): (UInt, UInt) = (16, 1 << 20)  // AT_HWCAP, HWCAP_ASIMDDP
    return getauxval(capabilities) & dotProducts != 0
    #else
    return true
    #endif
  }()
}
#endif
