// A report of an incident may wait in the outbox: what has happened has happened, with or without network.
import type { Call } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import type { OutboxKind } from '../../../ui/phone/outbox_sender.ts'
import { safety } from '../contract.ts'

export const safetyOutbox: readonly OutboxKind[] = [{ call: safety.createIncident as unknown as Call, title: (e) => e.about['place'] ?? '', under: (e) => instant(e.queued_at), value: () => '安全事件', link: () => '/safety/report' }]
