import Alternator
import AlternatorLocal
import Foundation

/// Loads all of ISO 3166-2 and ISO 639-3 into a cluster, loses a node half-way, and shows that nothing was lost.
@main
struct Quickstart {
    static func main() async {
        do {
            try await run(Arguments(CommandLine.arguments.dropFirst()))
        } catch {
            print("quickstart failed: \(error)")
            exit(1)
        }
    }

    private static func run(_ arguments: Arguments) async throws {
        if let port = arguments.port {
            try await tour(seeds: arguments.seeds, port: port, cluster: nil)
        } else {
            // Three nodes in this process on 127.0.0.1, .2 and .3: no Docker, no database.
            let cluster = try await LocalCluster(nodes: 3)
            print("Embedded cluster: \(cluster.seedHosts.joined(separator: ", ")) at port \(cluster.port)")
            try await tour(seeds: [cluster.seedHosts[0]], port: cluster.port, cluster: cluster)
            await cluster.close()
        }
    }

    private static func tour(seeds: [String], port: Int, cluster: LocalCluster?) async throws {
        let codes = try IsoCodes()
        let config = AlternatorConfig(seedHosts: seeds, port: port)
        try await AlternatorResource.withResource(config) { resource in
            let subdivisions = resource.table(Subdivision.self)
            let languages = resource.table(Language.self)
            try await subdivisions.create(ifNotExists: true)
            try await languages.create(ifNotExists: true)
            print("The client found \(resource.client.nodes().count) nodes from \(seeds.count) seed(s).")

            try await load(codes, into: subdivisions, languages, losing: cluster)
            try await query(subdivisions)
            try await scan(subdivisions, languages, expecting: codes)
            if let cluster {
                print("\nRequests served by each node:")
                for node in cluster.nodes {
                    print("  \(node.address)  \(cluster.requestCounts(of: node.address)["requests", default: 0])")
                }
            }
        }
    }

    // MARK: - Load

    /// Puts every item, 64 in flight; stops one node when half of them are written.
    private static func load(
        _ codes: IsoCodes,
        into subdivisions: TypedTable<Subdivision>,
        _ languages: TypedTable<Language>,
        losing cluster: LocalCluster?
    ) async throws {
        let total = codes.subdivisions.count + codes.languages.count
        let progress = Progress(total: total)
        print("\nLoading \(total) items, 64 puts in flight:")
        let clock = ContinuousClock()
        let cpu = processSeconds()
        let start = clock.now

        try await inParallel(codes.subdivisions) { item in
            try await subdivisions.put(item)
            progress.step()
        }
        if let cluster, let victim = cluster.nodes.last {
            print("  … stopping node \(victim.address) in the middle of the load")
            async let stopped: Void = cluster.stop(victim.address)
            try await inParallel(codes.languages) { item in
                try await languages.put(item)
                progress.step()
            }
            try await stopped
        } else {
            try await inParallel(codes.languages) { item in
                try await languages.put(item)
                progress.step()
            }
        }

        let seconds = (clock.now - start) / .seconds(1)
        let perPut = (processSeconds() - cpu) / Double(total) * 1e6
        print(
            "  \(Int(Double(total) / seconds)) items/s; \(Int(perPut)) µs of CPU per put"
                + (cluster == nil ? "" : ", client and servers together")
        )
    }

    /// Runs `work` for every element, 64 at a time.
    private static func inParallel<Element: Sendable>(
        _ elements: [Element],
        _ work: @escaping @Sendable (Element) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, element) in elements.enumerated() {
                if index >= 64 { try await group.next() }
                group.addTask { try await work(element) }
            }
            try await group.waitForAll()
        }
    }

    private static func processSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    // MARK: - Read

    private static func query(_ subdivisions: TypedTable<Subdivision>) async throws {
        print("\nSwitzerland, codes from CH-A to CH-H:")
        for try await canton in subdivisions.query("CH", .between("CH-A", "CH-H")) {
            print("  \(canton.code)  \(canton.name)")
        }
        let last = try await subdivisions.query("FR").where { $0.type == "Metropolitan department" }
            .descending().all(max: 3)
        print("The last three departments of France: \(last.map(\.name).joined(separator: ", "))")
    }

    /// Scans both tables in parallel segments and compares every item with the files.
    private static func scan(
        _ subdivisions: TypedTable<Subdivision>,
        _ languages: TypedTable<Language>,
        expecting codes: IsoCodes
    ) async throws {
        var foundSubdivisions: [String: Subdivision] = [:]
        for try await item in subdivisions.scan().parallel(segments: 8) { foundSubdivisions[item.code] = item }
        var foundLanguages: [String: Language] = [:]
        for try await item in languages.scan().parallel(segments: 8) { foundLanguages[item.alpha3] = item }

        let lost =
            codes.subdivisions.count { foundSubdivisions[$0.code] != $0 }
            + codes.languages.count { foundLanguages[$0.alpha3] != $0 }
        let found = foundSubdivisions.count + foundLanguages.count
        print("\nParallel scan: \(found) items read back, \(lost) lost or changed.")
        guard lost == 0, found == codes.subdivisions.count + codes.languages.count else {
            throw Arguments.Failure(description: "\(lost) items are not as they were written")
        }
    }
}
