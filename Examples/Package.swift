// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Examples",
    dependencies: [.package(name: "swift-alternator", path: "..")],
    targets: [
        .executableTarget(
            name: "Quickstart",
            dependencies: [
                .product(name: "Alternator", package: "swift-alternator"),
                .product(name: "AlternatorLocal", package: "swift-alternator"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
