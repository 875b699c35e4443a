import AlternatorRouting
import AlternatorTransport
import AlternatorWire

extension ClientCore {
    /// Probes the nodes that are not active when routing asks for it, until the task is cancelled.
    func probeLoop() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let (due, wait) = topology.probes(now: time.now)
                for (order, handle) in due {
                    group.addTask { await self.probe(order, handle) }
                }
                // Nothing due: a change of some node's health, a refresh or the end of a probe rings.
                if due.isEmpty { await probeAlarm.sleep(max(wait ?? .seconds(3600), .milliseconds(1)), on: time) }
            }
            group.cancelAll()
        }
    }

    private func probe(_ order: ProbeOrder, _ handle: NodeHandle) async {
        let answer = await question(
            LocalNodesQuery().path,
            to: handle,
            within: config.nodeHealth.probeTimeout
        )
        // Without this nobody would learn why a node never takes part.
        if case .failure(let refusal) = answer, let fault = refusal.fault {
            events.tell(.connectionFailed) { AlternatorEvent($0, "\(fault.detail).", node: handle.label) }
        }
        let outcome: ProbeOutcome =
            switch answer {
            case .success(let response): response.status == 200 ? .good : .bad
            case .failure: Task.isCancelled || lifecycle.isClosing ? .aborted : .bad
            }
        tellHealth(topology.probeFinished(order, outcome, now: time.now), of: handle.label)
        probeAlarm.ring()
    }
}
