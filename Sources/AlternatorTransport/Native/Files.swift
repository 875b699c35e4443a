import Glibc

/// The little of a file system that certificates need.
enum Files {
    /// Reads a file of at most 16 MiB.
    static func read(_ path: String) throws(SystemError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last("open") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count < 16 << 20 {
            let count = unsafe part.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress!, $0.count) }
            if count == 0 { return bytes }
            if count > 0 {
                bytes.append(contentsOf: part[0..<count])
            } else if errno != EINTR {
                throw .last("read")
            }
        }
        throw SystemError("read", code: EFBIG)
    }

    /// When and what a file is; `nil` if it is not there.
    static func stamp(_ path: String) -> FileStamp? {
        var status = Glibc.stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        let modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        return FileStamp(modified: modified, inode: UInt64(status.st_ino), size: Int64(status.st_size))
    }

    /// Opens a file to append secrets to: nobody else may read it.
    static func openLog(_ path: String) throws(SystemError) -> Int32 {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .last("open") }
        return descriptor
    }

    static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }
}
