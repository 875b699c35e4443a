import AlternatorTransport
import AlternatorWire
import Foundation
import TestSupport

@testable import AlternatorLocal

/// `alternator-local` as a process of its own, which can be killed.
final class ServerProcess {
    let port: Int
    private let process: Process
    let client: ClusterClient

    /// Starts the tool and waits for its `ready` line.
    ///
    /// - Parameters:
    ///   - arguments: its flags, without `--port`.
    ///   - fileBlocks: no file of it grows over so many blocks of the shell's `ulimit -f`; `nil` for no limit.
    /// - Throws: what keeps it from starting, or that it does not become ready.
    init(_ arguments: [String], fileBlocks: Int? = nil) async throws {
        // The tests and the tool are built into one folder.
        let tool = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "alternator-local")
        let output = FileManager.default.temporaryDirectory.appending(path: "alternator-\(UUID().uuidString).out")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        self.process = process
        process.executableURL = URL(filePath: "/bin/sh")
        let limit = fileBlocks.map { "ulimit -f \($0); " } ?? ""
        process.arguments = ["-c", limit + "exec \"$@\"", "sh", tool.path, "--port", "0"] + arguments
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = ""
        do {
            try await eventually("\(tool.path) is ready") {
                line = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
                return line.hasSuffix("\n") || !process.isRunning
            }
        } catch {
            kill(process.processIdentifier, SIGKILL)
            throw error
        }
        // "ready http://127.0.0.1:8000 …"
        let first = line.split(separator: " ").dropFirst().first?.split(separator: ":").last
        guard let port = first.flatMap({ Int($0.filter(\.isNumber)) }) else {
            kill(process.processIdentifier, SIGKILL)
            throw NeverHappened(description: "alternator-local said '\(line)'")
        }
        self.port = port
        client = ClusterClient(port: port)
    }

    var isRunning: Bool { process.isRunning }

    /// Ends it as a power cut ends a process: without a chance to do anything.
    func killHard() async throws {
        kill(process.processIdentifier, SIGKILL)
        let process = self.process
        try await eventually("the process is gone") { !process.isRunning }
        await client.close()
    }

    /// Resident memory in kilobytes.
    var residentKilobytes: Int? {
        guard let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
        else { return nil }
        return Int(line.filter(\.isNumber))
    }

    /// Starts one for the time of `body`.
    static func run(
        _ arguments: [String] = [],
        fileBlocks: Int? = nil,
        _ body: (ServerProcess) async throws -> Void
    ) async throws {
        let server = try await ServerProcess(arguments, fileBlocks: fileBlocks)
        do {
            try await body(server)
        } catch {
            try await server.killHard()
            throw error
        }
        try await server.killHard()
    }

    static let createUsers = """
        {"TableName":"users","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}
        """
}
