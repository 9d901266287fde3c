// Handing over and taking over may wait for the network, with the signature; hours of logs go through the outbox of rounds.
import { instant } from '../../../ui/format.ts'
import type { Call } from '../../../ui/api.ts'
import { withPhotoIds } from '../../../ui/phone/kept_photos.ts'
import type { OutboxKind } from '../../../ui/phone/outbox_sender.ts'
import { duty } from '../contract.ts'

const kind = (call: unknown, value: string): OutboxKind => ({ call: call as Call, input: withPhotoIds, title: (e) => e.about['room'] ?? '', under: (e) => `${e.about['shift'] ?? ''} · ${instant(e.queued_at)}`, value: () => value, link: () => '/duty' })
export const dutyOutbox: readonly OutboxKind[] = [kind(duty.offerHandover, '交班'), kind(duty.takeHandover, '接班'), kind(duty.beginDuty, '上岗')]
