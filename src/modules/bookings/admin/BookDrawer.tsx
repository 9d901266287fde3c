// 代业户预约, and 改期: a place, a time, a household; the price with its computation stands there before it is booked.
import { Alert, Button, Drawer, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { dayOf } from '../../../kernel/clock.ts'
import { useGo } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { HousePicker } from '../../people/admin/shared.tsx'
import { bookings, type BookingDetail } from '../contract.ts'
import { QuoteNote, SlotPicker, type Picked } from './SlotPicker.tsx'
import type { Wish } from './BoardPage.tsx'

interface PlaceOf { resource_id: string; name: string; unit_word: string; community_name: string }
export function BookDrawer({ places, wish, day, close }: { places: readonly PlaceOf[]; wish: Wish; day: string; close: () => void }) {
  const go = useGo()
  const book = useWrite(bookings.bookFor, { in_form: true, done: (a) => `已预约,${a.no}${a.amount_fen > 0 ? ',账单已出' : ''}`, invalidates: 'all' })
  const [resource_id, setResource] = useState(wish.resource_id)
  const [at, setAt] = useState<Picked>({ day: wish.from_at ? dayOf(wish.from_at) : day, from_at: wish.from_at, slot_count: 1, unit_count: 1 })
  const [house_id, setHouse] = useState<string>()
  const [v, setV] = useState({ name: '', phone: '', note: '' })
  const place = places.find((p) => p.resource_id === resource_id)
  const ready = at.from_at !== undefined && house_id !== undefined && v.name.trim() !== ''
  const submit = async (): Promise<void> => {
    if (!ready) return
    const a = await book.run({ resource_id, from_at: at.from_at!, slot_count: at.slot_count, unit_count: at.unit_count, house_id: house_id!, contact_name: v.name, contact_phone: v.phone.trim() || null, note: v.note.trim() || null })
    if (a) { close(); if (a.state === 'held') go(`/bookings/list/${a.booking_id}`) }
  }
  return (
    <Drawer open title="代业户预约" onClose={close} size={560} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" disabled={!ready} loading={book.running} onClick={() => void submit()}>预约</Button></div>}>
      <Form layout="vertical" className="hy-form" onFinish={() => void submit()}>
        {book.error ? <Alert className="hy-form-alert" type="error" showIcon title={book.error.message} /> : null}
        <Form.Item label="场地" htmlFor="bk-place"><Select id="bk-place" showSearch={{ optionFilterProp: 'label' }} value={resource_id} onChange={(id: string) => { setResource(id); setAt({ ...at, from_at: undefined, slot_count: 1, unit_count: 1 }) }} options={places.map((p) => ({ value: p.resource_id, label: `${p.name}(${p.community_name})` }))} /></Form.Item>
        <SlotPicker key={resource_id} resource_id={resource_id} unit_word={place?.unit_word ?? ''} value={at} onChange={setAt} />
        <Form.Item label="房产" htmlFor="bk-house"><HousePicker id="bk-house" value={house_id} onChange={(x) => setHouse(x as string | undefined)} /></Form.Item>
        <Form.Item label="联系人" htmlFor="bk-name"><Input id="bk-name" maxLength={30} value={v.name} onChange={(e) => setV({ ...v, name: e.target.value })} /></Form.Item>
        <Form.Item label="电话(选填)" htmlFor="bk-phone" extra="填了才收得到预约、取消和提醒的消息"><Input id="bk-phone" maxLength={11} inputMode="tel" value={v.phone} onChange={(e) => setV({ ...v, phone: e.target.value })} /></Form.Item>
        <Form.Item label="备注(选填)" htmlFor="bk-note"><Input.TextArea id="bk-note" rows={2} maxLength={200} value={v.note} onChange={(e) => setV({ ...v, note: e.target.value })} /></Form.Item>
        <QuoteNote resource_id={resource_id} value={at} />
      </Form>
    </Drawer>
  )
}
export function MoveModal({ b, close }: { b: BookingDetail; close: () => void }) {
  const move = useWrite(bookings.moveBooking, { in_form: true, done: '已改期,已通知业户', invalidates: 'all' })
  const [at, setAt] = useState<Picked>({ day: dayOf(b.from_at), from_at: undefined, slot_count: b.slot_count, unit_count: b.unit_count })
  const [reason, setReason] = useState('')
  const ready = at.from_at !== undefined && reason.trim().length >= 2
  const submit = async (): Promise<void> => { if (ready && (await move.run({ booking_id: b.booking_id, from_at: at.from_at!, slot_count: at.slot_count, unit_count: at.unit_count, reason }))) close() }
  return (
    <Modal open title={`${b.no} 改期`} onCancel={close} width={560} destroyOnHidden footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" disabled={!ready} loading={move.running} onClick={() => void submit()}>改期</Button></div>}>
      <Form layout="vertical" component="div">
        {move.error ? <Alert className="hy-form-alert" type="error" showIcon title={move.error.message} /> : null}
        <SlotPicker resource_id={b.resource_id} unit_word={b.unit_word} value={at} onChange={setAt} but={b.booking_id} />
        <Form.Item label="原因" htmlFor="bk-move-reason" extra="业户会看到"><Input.TextArea id="bk-move-reason" rows={2} maxLength={200} value={reason} onChange={(e) => setReason(e.target.value)} /></Form.Item>
      </Form>
    </Modal>
  )
}
