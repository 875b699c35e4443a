// swift-tools-version: 6.2
import PackageDescription

/// Applied to every Swift target; CONTRIBUTING.md says why each one is on.
var settings: [SwiftSetting] = [
    // SE-0335: `any` is written out, so the cost of an existential is visible in review.
    .enableUpcomingFeature("ExistentialAny"),
    // SE-0444: a file imports what it uses.
    .enableUpcomingFeature("MemberImportVisibility"),
    // SE-0409: a `public import` is a decision, not a default.
    .enableUpcomingFeature("InternalImportsByDefault"),
    // SE-0461: `nonisolated async` runs on the caller's executor.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // SE-0458: every unsafe expression carries the word `unsafe`.
    .strictMemorySafety(),
]

// For the Thread Sanitizer, which does not see the standard library's `Mutex`: Sources/Sanitizer/Mutex.swift says why.
if Context.environment["ALTERNATOR_TSAN"] == "1" { settings.append(.define("ALTERNATOR_TSAN")) }

/// Applied to the tests.
///
/// In CI the library is optimised for the release tests and they themselves are not: it would take twice as long to build,
/// for nothing that is shipped.
var testSettings = settings
if Context.environment["ALTERNATOR_PLAIN_TESTS"] == "1" { testSettings.append(.unsafeFlags(["-Onone"])) }

let package = Package(
    name: "swift-alternator",
    products: [
        .library(name: "Alternator", targets: ["Alternator"]),
        .library(name: "AlternatorLocal", targets: ["AlternatorLocal"]),
        .executable(name: "alternator-local", targets: ["alternator-local"]),
    ],
    targets: [
        // What users import: the mapper, and through it the client and the wire types.
        .target(
            name: "Alternator",
            dependencies: ["AlternatorCore", "AlternatorRouting", "AlternatorTransport", "AlternatorWire"],
            swiftSettings: settings
        ),
        // The balanced client: the only place with tasks and clocks.
        .target(
            name: "AlternatorCore",
            dependencies: ["AlternatorRouting", "AlternatorTransport", "AlternatorWire"],
            swiftSettings: settings
        ),
        // Pure: no I/O, no clock, no randomness of its own.
        .target(name: "AlternatorRouting", dependencies: ["AlternatorWire"], swiftSettings: settings),
        .target(name: "AlternatorWire", swiftSettings: settings),
        // I/O: sockets, event loops, HTTP, TLS, digests.
        .target(name: "AlternatorTransport", dependencies: ["CAlternator"], swiftSettings: settings),
        // What Swift cannot import by itself; every shim says why.
        .target(name: "CAlternator", dependencies: ["COpenSSL", "CZlib"]),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .yum(["openssl-devel"]), .brew(["openssl@3"])]
        ),
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .yum(["zlib-devel"]), .brew(["zlib"])]
        ),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"]), .yum(["sqlite-devel"]), .brew(["sqlite"])]
        ),
        // The embedded cluster: a product of its own, never imported by the client.
        .target(
            name: "AlternatorLocal",
            dependencies: ["AlternatorRouting", "AlternatorTransport", "AlternatorWire", "CSQLite"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "alternator-local",
            dependencies: ["AlternatorLocal"],
            swiftSettings: settings
        ),
        .target(
            name: "TestSupport",
            dependencies: ["AlternatorTransport", "AlternatorWire"],
            path: "Tests/TestSupport",
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "AlternatorWireTests",
            dependencies: ["AlternatorWire", "TestSupport"],
            resources: [.copy("Resources")],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "AlternatorRoutingTests",
            dependencies: ["AlternatorRouting", "AlternatorWire", "TestSupport"],
            resources: [.copy("Resources")],
            // Optimised in release tests: it measures what choosing a node costs.
            swiftSettings: settings
        ),
        .testTarget(
            name: "AlternatorTransportTests",
            dependencies: ["AlternatorTransport", "COpenSSL", "TestSupport"],
            resources: [.copy("Resources")],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "AlternatorCoreTests",
            dependencies: [
                "AlternatorCore", "AlternatorLocal", "AlternatorRouting", "AlternatorTransport", "AlternatorWire",
                "TestSupport",
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "AlternatorTests",
            dependencies: [
                "Alternator", "AlternatorCore", "AlternatorLocal", "AlternatorRouting", "AlternatorTransport",
                "AlternatorWire", "TestSupport",
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "AlternatorLocalTests",
            dependencies: ["AlternatorLocal", "AlternatorWire", "TestSupport"],
            swiftSettings: testSettings
        ),
    ],
    swiftLanguageModes: [.v6]
)

/// The parsers' promises: fed by libFuzzer where Fuzz/run asks for it, else by a test with the inputs that were kept.
let fuzzed: [Target.Dependency] = ["AlternatorRouting", "AlternatorTransport", "AlternatorWire"]
package.targets.append(
    Context.environment["ALTERNATOR_FUZZ"] == "1"
        ? .executableTarget(
            name: "alternator-fuzz",
            dependencies: fuzzed,
            path: "Fuzz",
            exclude: ["Corpora", "Dictionaries", "Replay", "run"],
            swiftSettings: testSettings
        )
        : .testTarget(
            name: "AlternatorFuzzTests",
            dependencies: fuzzed,
            path: "Fuzz",
            exclude: ["Dictionaries", "Driver", "run"],
            resources: [.copy("Corpora")],
            swiftSettings: testSettings
        )
)
