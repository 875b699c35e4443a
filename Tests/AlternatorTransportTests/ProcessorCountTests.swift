import Testing

@testable import AlternatorTransport

@Suite struct ProcessorCountTests {
    private func quota(_ files: [String: String]) -> Int? { ProcessorCount.quota { files[$0] } }

    @Test func `a group's quota counts in whole processors`() {
        func own(_ text: String) -> Int? {
            quota(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": text])
        }
        #expect(own("300000 100000\n") == 3)
        #expect(own("150000 100000\n") == 1)
        #expect(own("20000 100000\n") == 1, "a fifth of a processor still runs one loop")
        #expect(own("max 100000\n") == nil)
        #expect(own("") == nil)
        #expect(own("-1 0\n") == nil)
    }

    @Test func `the least quota of a group and those above it wins`() {
        let files = [
            "/proc/self/cgroup": "9:cpu:/old\n0::/system.slice/db.service/worker\n",
            "/sys/fs/cgroup/system.slice/db.service/worker/cpu.max": "max 100000\n",
            "/sys/fs/cgroup/system.slice/db.service/cpu.max": "400000 100000\n",
            "/sys/fs/cgroup/system.slice/cpu.max": "200000 100000\n",
        ]
        #expect(quota(files) == 2)
    }

    @Test func `without control groups of version 2 there is no quota`() {
        #expect(quota([:]) == nil)
        #expect(quota(["/proc/self/cgroup": "9:cpu:/old\n", "/sys/fs/cgroup/cpu.max": "100000 100000"]) == nil)
    }

    @Test func `this process has at least one processor`() {
        #expect((1...65536).contains(ProcessorCount.usable))
    }
}
