// A punch may wait for the network: the phone's clock goes with it, the server judges.
import { instant } from '../../../ui/format.ts'
import type { Call } from '../../../ui/api.ts'
import { withPhotoIds } from '../../../ui/phone/kept_photos.ts'
import type { Entry } from '../../../ui/phone/outbox.ts'
import type { OutboxKind } from '../../../ui/phone/outbox_sender.ts'
import { attendance } from '../contract.ts'

async function input(entry: Entry): Promise<Record<string, unknown>> {
  const { photo_ids, ...rest } = (await withPhotoIds(entry)) as { photo_ids?: string[] }
  return { ...rest, ...(photo_ids?.[0] ? { file_id: photo_ids[0] } : {}) }
}
export const attendanceOutbox: readonly OutboxKind[] = [{ call: attendance.punch as unknown as Call, input, title: (e) => e.about['what'] ?? '打卡', under: (e) => instant(e.queued_at), value: () => '打卡', link: () => '/attendance' }]
