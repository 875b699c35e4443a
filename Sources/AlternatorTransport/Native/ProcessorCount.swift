import Glibc

/// How many processors this machine has for us.
package enum ProcessorCount {
    /// At least 1.
    package static var online: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
