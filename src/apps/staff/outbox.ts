// Everything that may be done on this phone without network and is sent later; a module adds its list here.
import { attendanceOutbox } from '../../modules/attendance/staff/outbox.ts'
import { dutyOutbox } from '../../modules/duty/staff/outbox.ts'
import { emergencyOutbox } from '../../modules/emergency/staff/outbox.ts'
import { metersOutbox } from '../../modules/meters/staff/outbox.tsx'
import { ordersOutbox } from '../../modules/orders/staff/outbox.ts'
import { roundsOutbox } from '../../modules/rounds/staff/outbox.ts'
import { safetyOutbox } from '../../modules/safety/staff/outbox.ts'
import type { OutboxKind } from '../../ui/phone/outbox_sender.ts'

export const outboxKinds: readonly OutboxKind[] = [...metersOutbox, ...ordersOutbox, ...roundsOutbox, ...dutyOutbox, ...emergencyOutbox, ...safetyOutbox, ...attendanceOutbox]
