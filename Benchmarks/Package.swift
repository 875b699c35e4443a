// swift-tools-version: 6.2
import PackageDescription

/// As in the package itself: without it each layer of the load makes its task look up its executor for each request.
let settings: [SwiftSetting] = [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "swift-alternator", path: "..")],
    targets: [
        .executableTarget(
            name: "Bench",
            dependencies: [.product(name: "Alternator", package: "swift-alternator")],
            swiftSettings: settings
        ),
        // Export and import of a million items: `Benchmarks/bulk`.
        .executableTarget(
            name: "Bulk",
            dependencies: [.product(name: "Alternator", package: "swift-alternator")],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "Micro",
            dependencies: ["CountedMemory", .product(name: "Alternator", package: "swift-alternator")],
            // It measures single parts, which are `package` and not `public`.
            swiftSettings: [.unsafeFlags(["-Xfrontend", "-disable-access-control"])]
        ),
        // What `gates` runs: typed requests, counted.
        .executableTarget(
            name: "Gate",
            dependencies: ["CountedMemory", .product(name: "Alternator", package: "swift-alternator")],
            swiftSettings: settings
        ),
        // A long run that shows whether anything grows; Scripts/soak disturbs the cluster meanwhile.
        .executableTarget(
            name: "Soak",
            dependencies: [.product(name: "Alternator", package: "swift-alternator")],
            swiftSettings: settings
        ),
        // Counts allocations by standing in for malloc.
        .target(name: "CountedMemory"),
    ],
    swiftLanguageModes: [.v6]
)
