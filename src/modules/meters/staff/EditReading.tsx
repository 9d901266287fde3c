import type { Entry } from '../../../ui/phone/outbox.ts'
import { ReadingForm } from './ReadingForm.tsx'
import type { RoundRow } from './round.ts'

/** A reading that the server refused, put right. */
export function EditReading({ entry, saved }: { entry: Entry; saved: () => void }) {
  return <ReadingForm row={asRow(entry)} saved={saved} />
}

/** Enough of the row for the form: the round itself may no longer be on the phone. */
function asRow(e: Entry): RoundRow {
  const a = e.about
  return {
    meter_id: String(e.input['meter_id']), point_id: '', period: String(e.input['period']), meter_no: a['meter_no'] ?? '', kind: a['kind'] as RoundRow['kind'], multiplier: a['multiplier'] ?? '1', community_id: '', building_id: a['building_id'] ?? null, building_name: a['building_name'] ?? '', house_id: '', house_label: a['house_label'] ?? '', floor_no: 0,
    previous: a['previous'] || null, mean_usage: a['mean_usage'] || null, high_above: a['high_above'] || null, estimated_since: a['estimated_since'] || null, whole_digits: a['whole_digits'] ? Number(a['whole_digits']) : null, parts: a['parts'] ? (JSON.parse(a['parts']) as RoundRow['parts']) : [], rolled: false, carried_in: '0', doubts: [], has_photo: false, unread: null, reading_id: null, reading: null, usage: null, state: null, read_on: null, source: null, note: null, read_by_name: null, can: { record: true, correct: 'meters.already_read', settle: 'meters.not_billed', confirm: 'meters.not_suspect' }, entry: e,
  }
}
