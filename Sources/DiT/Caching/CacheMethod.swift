/// A method of caching, which makes the plan of a run.
public protocol CacheMethod: Sendable {
  /// The plan of a run.
  ///
  /// - Throws: `CacheError` where the method does not apply to it.
  func plan(for run: RunOutline) throws(CacheError) -> CachePlan
}

/// A method with a name and settings, written `NAME:key=value,…`.
///
/// A new method is a file in `Methods` and an element of `CacheMethods.all`, where the command
/// line, its help, reports and the tests of the rules find it.
public protocol NamedCacheMethod: CacheMethod {
  /// How it is named, described and set up.
  static var about: CacheMethodDescription { get }

  /// Reads the settings; each key is asked for with its default and its meaning.
  ///
  /// - Throws: `CacheError` where a value is out of range.
  init(_ parameters: inout CacheParameters) throws(CacheError)
}

extension NamedCacheMethod {
  /// The name, such as `delta-dit`.
  public static var name: String { about.name }
  /// The limits where none are given.
  public static var limits: CacheLimits { about.limits }
}

/// How a method is named, described and set up; settings are texts of the form `key=value,…`.
public struct CacheMethodDescription: Sendable, Hashable {
  /// The name, such as `delta-dit`.
  public let name: String
  /// What the method does, in one sentence.
  public let summary: String
  /// Where it comes from.
  public let source: String
  /// The settings of each preset.
  public let presets: CachePresets
  /// Settings with which it reuses something in a small model, for the tests of the rules.
  public let sample: String
  /// Settings with which it reuses nothing, for the same tests.
  public let idle: String
  /// The limits where none are given.
  public let limits: CacheLimits
  /// Whether one stream of guidance stands in for the other, as the method's paper means it.
  public let sharesStreams: Bool

  /// A description; the preset `balanced` has the defaults where it says nothing else.
  public init(
    _ name: String, _ summary: String, source: String, quality: String, balanced: String = "",
    fast: String, sample: String, idle: String, limits: CacheLimits = CacheLimits(),
    sharesStreams: Bool = false
  ) {
    (self.name, self.summary, self.source) = (name, summary, source)
    presets = CachePresets(quality: quality, balanced: balanced, fast: fast)
    (self.sample, self.idle) = (sample, idle)
    (self.limits, self.sharesStreams) = (limits, sharesStreams)
  }
}

/// Three settings of a method, from the best images to the fastest run.
public struct CachePresets: Sendable, Hashable {
  /// Images hardly differ from those without a cache.
  public let quality: String
  /// Differences show only when one looks for them.
  public let balanced: String
  /// The fastest settings with good images.
  public let fast: String

  /// Three settings in the form `key=value,…`.
  public init(quality: String, balanced: String, fast: String) {
    (self.quality, self.balanced, self.fast) = (quality, balanced, fast)
  }

  /// The names of the presets.
  public static let names = ["quality", "balanced", "fast"]

  /// The settings of a preset; nil where there is none of that name.
  public subscript(name: String) -> String? {
    switch name {
    case "quality": quality
    case "balanced": balanced
    case "fast": fast
    default: nil
    }
  }
}

/// A method whose steps are limited.
public struct LimitedCache: CacheMethod {
  /// The method.
  public let method: any CacheMethod
  /// Its limits.
  public let limits: CacheLimits
  /// Whether this is a dry run: everything is computed, and what the method would do is measured.
  public let isDry: Bool

  /// A method with limits.
  public init(_ method: any CacheMethod, limits: CacheLimits, isDry: Bool = false) {
    (self.method, self.limits, self.isDry) = (method, limits, isDry)
  }

  /// The plan of the method, with steps computed where the limits say so.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    var plan = try method.plan(for: run).limited(by: limits)
    plan.isDry = plan.isDry || isDry
    return plan
  }
}

/// Several methods whose sites do not overlap.
public struct JoinedCache: CacheMethod {
  /// The methods.
  public let methods: [any CacheMethod]

  /// Several methods at once.
  public init(_ methods: [any CacheMethod]) { self.methods = methods }

  /// The plan of all methods.
  ///
  /// - Throws: `CacheError.conflict` where two of them overlap.
  public func plan(for run: RunOutline) throws(CacheError) -> CachePlan {
    var plan = CachePlan(computingEverything: run)
    for method in methods { plan = try plan.joined(with: method.plan(for: run)) }
    return plan
  }
}

extension CacheMethod {
  /// The method with everything computed in the first and last steps, and after `most` reuses in a
  /// row.
  public func limited(warmup: Int = 0, cooldown: Int = 0, most: Int? = nil) -> LimitedCache {
    LimitedCache(self, limits: CacheLimits(warmup: warmup, cooldown: cooldown, most: most))
  }

  /// The method in a dry run: it reuses nothing, and measures what it would do.
  public var dry: LimitedCache { LimitedCache(self, limits: CacheLimits(), isDry: true) }

  /// The method together with another one.
  public func joined(with other: any CacheMethod) -> JoinedCache { JoinedCache([self, other]) }
}
