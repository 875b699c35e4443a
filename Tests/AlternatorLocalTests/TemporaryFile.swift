import Foundation

/// The path of a file that is not there yet; what is there afterwards is removed, SQLite's files beside it too.
func withTemporaryFile<Value>(_ body: (String) throws -> Value) throws -> Value {
    let path = temporaryPath()
    defer { removeFiles(at: path) }
    return try body(path)
}

func withTemporaryFile<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let path = temporaryPath()
    defer { removeFiles(at: path) }
    return try await body(path)
}

private func temporaryPath() -> String {
    FileManager.default.temporaryDirectory.appending(path: "alternator-\(UUID().uuidString).db").path
}

private func removeFiles(at path: String) {
    for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
}
