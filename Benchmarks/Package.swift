// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "swift-alternator", path: "..")],
    targets: [
        .executableTarget(
            name: "Bench",
            dependencies: [.product(name: "Alternator", package: "swift-alternator")]
        )
    ],
    swiftLanguageModes: [.v6]
)
