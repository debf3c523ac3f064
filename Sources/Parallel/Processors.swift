internal import _LibC

/// The number of processors that are online, at least one.
public var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
