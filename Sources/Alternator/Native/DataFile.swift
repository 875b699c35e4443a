import AlternatorTransport
import AlternatorWire
import Glibc

/// A file read or written in order by system calls that block: use it on a `FileQueue` only.
final class DataFile: Sendable {
    let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { _ = Glibc.close(descriptor) }

    // MARK: Opening

    /// Opens a file to read from a place on.
    static func reading(_ path: String, from offset: Int = 0) throws(AlternatorError) -> DataFile {
        let file = try opened(path, O_RDONLY, "opened")
        guard offset == 0 || lseek(file.descriptor, off_t(offset), SEEK_SET) >= 0 else { throw failure("read", path) }
        return file
    }

    /// Makes a file; one that is there is refused, or emptied if `replacing`.
    static func creating(_ path: String, replacing: Bool) throws(AlternatorError) -> DataFile {
        try opened(path, O_WRONLY | O_CREAT | (replacing ? O_TRUNC : O_EXCL), "made")
    }

    /// Opens a file to go on behind its first `length` bytes; what follows them is cut off.
    static func appending(_ path: String, behind length: Int) throws(AlternatorError) -> DataFile {
        let file = try opened(path, O_WRONLY, "opened")
        let size = try file.size()
        guard size >= length else {
            throw AlternatorError(
                .file,
                message: "\(path) has \(size) bytes, but the checkpoint was taken behind \(length): it is another file."
            )
        }
        guard ftruncate(file.descriptor, off_t(length)) == 0, lseek(file.descriptor, off_t(length), SEEK_SET) >= 0
        else {
            throw failure("cut", path)
        }
        return file
    }

    private static func opened(_ path: String, _ flags: Int32, _ verb: String) throws(AlternatorError) -> DataFile {
        // Readable by its owner alone: it holds a table.
        let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(verb, path) }
        return DataFile(path: path, descriptor: descriptor)
    }

    // MARK: Content

    func size() throws(AlternatorError) -> Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failure("read", path) }
        return Int(status.st_size)
    }

    /// The next bytes, at most `count`; none at the end.
    func read(_ count: Int) throws(AlternatorError) -> [UInt8] {
        var code = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            repeat { code = unsafe Glibc.read(descriptor, buffer.baseAddress, count) } while code < 0 && errno == EINTR
            filled = max(code, 0)
        }
        guard code >= 0 else { throw Self.failure("read", path) }
        return bytes
    }

    /// Writes all of it.
    func write(_ bytes: [UInt8]) throws(AlternatorError) {
        var start = 0
        while start < bytes.count {
            let written = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress! + start, bytes.count - start)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.failure("written", path) }
            start += written
        }
    }

    /// Returns when what was written is on the disk; file systems without that are taken at their word.
    func synchronize() throws(AlternatorError) {
        guard fdatasync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
            throw Self.failure("written", path)
        }
    }

    // MARK: Whole files

    /// The content of a small file; `nil` if there is none.
    static func content(of path: String) throws(AlternatorError) -> [UInt8]? {
        guard unsafe access(path, F_OK) == 0 else { return nil }
        let file = try reading(path)
        var all: [UInt8] = []
        while true {
            let part = try file.read(64 << 10)
            if part.isEmpty { return all }
            all += part
        }
    }

    /// Replaces a small file at once: whoever reads it sees the old or the new content, never a part.
    static func replace(_ path: String, with bytes: [UInt8]) throws(AlternatorError) {
        let temporary = path + ".new"
        let file = try creating(temporary, replacing: true)
        try file.write(bytes)
        try file.synchronize()
        guard unsafe rename(temporary, path) == 0 else { throw failure("replaced", path) }
    }

    /// Removes a file; one that is not there is removed already.
    static func remove(_ path: String) throws(AlternatorError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure("removed", path) }
    }

    private static func failure(_ verb: String, _ path: String) -> AlternatorError {
        let code = errno
        let reason = SystemError(verb, code: code).reason
        let remedy = code == EEXIST ? " Take another name, or ExportOptions.replacesFile." : ""
        return AlternatorError(.file, message: "\(path) cannot be \(verb): \(reason).\(remedy)")
    }
}
