#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The little of a file system that certificates need.
enum Folder {
    private static func failure(_ what: String) -> LocalCluster.Failure {
        LocalCluster.Failure(description: "\(what): \(unsafe String(cString: strerror(errno)))")
    }

    /// Makes a folder unless it is there; `nil`: a new one for this process, which nobody else may read.
    static func make(_ path: String?) throws -> String {
        if let path {
            guard unsafe mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure("Cannot make \(path)") }
            return path
        }
        let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/alternator-local-XXXXXX".utf8CString)
        guard unsafe template.withUnsafeMutableBufferPointer({ unsafe mkdtemp($0.baseAddress!) }) != nil else {
            throw failure("Cannot make a folder in \(base)")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func has(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Writes a file as a whole: a reader sees the old one or the new one.
    static func write(_ text: String, to path: String, isPrivate: Bool = false) throws {
        let draft = path + ".new"
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, isPrivate ? 0o600 : 0o644)
        guard descriptor >= 0 else { throw failure("Cannot write \(draft)") }
        let bytes = Array(text.utf8)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                #if canImport(Glibc)
                    unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                    unsafe Musl.write(descriptor, buffer.baseAddress, buffer.count)
                #else
                    unsafe Darwin.write(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let failure = failure("Cannot write \(draft)")
                close(descriptor)
                throw failure
            }
            rest = rest.dropFirst(count)
        }
        close(descriptor)
        guard unsafe rename(draft, path) == 0 else { throw failure("Cannot write \(path)") }
    }

    /// Removes a folder of files.
    static func remove(_ path: String) {
        guard let folder = unsafe opendir(path) else { return }
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { _ = unsafe unlink("\(path)/\(name)") }
        }
        unsafe closedir(folder)
        _ = unsafe rmdir(path)
    }
}
