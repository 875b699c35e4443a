import Foundation
import Synchronization

/// A progress bar on a terminal, a line per quarter elsewhere.
final class Progress: Sendable {
    private let total: Int
    private let done = Atomic<Int>(0)
    private let isTerminal = isatty(1) == 1

    init(total: Int) { self.total = total }

    /// Counts one item and redraws where a reader would see a difference.
    func step() {
        let now = done.add(1, ordering: .relaxed).newValue
        let every = isTerminal ? max(total / 200, 1) : max(total / 4, 1)
        guard now % every == 0 || now == total else { return }
        let width = 40
        let filled = width * now / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let line = "  \(bar) \(now) of \(total)"
        print(isTerminal ? "\r\(line)" : line, terminator: isTerminal && now < total ? "" : "\n")
        fflush(nil)
    }
}
