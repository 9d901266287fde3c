// Of an emergency: starting it and each step of its checklist may wait for the network; each counts when it was done.
import { instant } from '../../../ui/format.ts'
import type { Call } from '../../../ui/api.ts'
import type { OutboxKind } from '../../../ui/phone/outbox_sender.ts'
import { emergency } from '../contract.ts'

export const emergencyOutbox: readonly OutboxKind[] = [
  { call: emergency.startIncident as unknown as Call, title: (e) => e.about['plan'] ?? '', under: (e) => `${e.about['place'] ?? ''} · ${instant(e.queued_at)}`, value: () => '启动', link: () => '/emergency' },
  { call: emergency.markStep as unknown as Call, title: (e) => e.about['step'] ?? '', under: (e) => `${e.about['plan'] ?? ''} · ${instant(e.queued_at)}`, value: () => '完成', link: (e) => `/emergency/incidents/${String(e.input['incident_id'])}` },
]
