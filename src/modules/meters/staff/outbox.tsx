// What of the meter round may wait in the outbox.
import { lazy, Suspense } from 'react'
import { instant } from '../../../ui/format.ts'
import type { Call } from '../../../ui/api.ts'
import type { Entry } from '../../../ui/phone/outbox.ts'
import type { OutboxKind } from '../../../ui/phone/outbox_sender.ts'
import { monthText } from '../../../ui/phone/text.ts'
import { meters } from '../contract.ts'
import { withPhoto } from './photo.ts'
import { KIND_WORDS, settled, valueOf, type RoundRow } from './round.ts'

const EditReading = lazy(() => import('./EditReading.tsx').then((m) => ({ default: m.EditReading })))
const kind = {
  input: withPhoto,
  done: settled,
  title: (e: Entry) => e.about['house_label'] ?? '',
  under: (e: Entry) => `${KIND_WORDS[e.about['kind'] as RoundRow['kind']]} ${e.about['meter_no']} · ${monthText(String(e.input['period']))} · ${instant(e.queued_at)}`,
  value: valueOf,
  edit: (e: Entry, saved: () => void) => <Suspense fallback={null}><EditReading entry={e} saved={saved} /></Suspense>,
}
export const metersOutbox: readonly OutboxKind[] = [{ call: meters.recordReading as Call, ...kind }, { call: meters.recordUnread as Call, ...kind }]
