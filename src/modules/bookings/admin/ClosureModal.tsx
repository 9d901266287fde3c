// 停用场地: from when to when and why; what is booked in it is cancelled along, free of charge, or the closing is refused with the numbers.
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { momentControl } from '../../../ui/MomentInput.tsx'
import { useWrite } from '../../../ui/api.ts'
import { bookings } from '../contract.ts'

export function ClosureModal({ places, day, close }: { places: readonly { resource_id: string; name: string; community_name: string }[]; day: string; close: () => void }) {
  const save = useWrite(bookings.closePlace, { in_form: true, done: (a) => `已停用${a.cancelled_count > 0 ? `,取消 ${a.cancelled_count} 个预约并通知业户` : ''}`, invalidates: 'all' })
  return (
    <FormModal
      open onClose={close} title="停用场地" submit="停用" call={bookings.closePlace} loading={save.running} submitError={save.error}
      fields={[{ name: 'resource_id', kind: 'select', options: places.map((p) => ({ value: p.resource_id, label: `${p.name}(${p.community_name})` })) }, { name: 'from_at', control: momentControl }, { name: 'to_at', control: momentControl }, { name: 'reason', help: '业户在手机上看得到' }, { name: 'cancel', help: '不收逾时取消费;没付的账单作废,已付的申请退款' }]}
      initial={{ ...(places.length === 1 ? { resource_id: places[0]!.resource_id } : {}), from_at: `${day}T00:00:00.000Z`, to_at: `${day}T04:00:00.000Z`, reason: '', cancel: false }}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}
