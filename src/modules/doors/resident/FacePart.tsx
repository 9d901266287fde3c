// The face as one way among others: read what is agreed to, agree for oneself or as the guardian of a child, take it back at any time and see it gone.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, Tag } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { OnePhoto } from '../../../ui/phone/photos.tsx'
import { doors } from '../contract.ts'
import { photoText } from '../../../ui/photo_text.ts'
import { said } from '../shown.ts'

const AGAIN_MS = 4_000
type Mine = Out<typeof doors.myFace.gives>
export function FacePart({ house_id }: { house_id: string }) {
  // Written to the doors, or taken off them, within seconds: seen without opening the page again.
  const [on_its_way, setOnItsWay] = useState(false)
  const mine = useRead(doors.myFace, { house_id }, { stale_ms: 0, ...(on_its_way ? { refresh_ms: AGAIN_MS } : {}) })
  const d = mine.data
  const left = d?.rows.some((r) => r.left_count > 0) ?? false
  if (left !== on_its_way) setOnItsWay(left)
  if (!d || (d.rule === null && d.rows.length === 0)) return null
  const self = d.rows.some((r) => r.mine && r.state === 'live')
  return (
    <>
      <h2 className="ph-h2">人脸开门(自愿)</h2>
      {d.rows.map((r) => <One key={r.face_id} r={r} />)}
      {d.rule ? <Give key={String(self)} house_id={house_id} rule={d.rule} d={d} self={self} /> : null}
    </>
  )
}
function One({ r }: { r: Mine['rows'][number] }) {
  const back = useWrite(doors.withdrawFace, { done: (a) => (a.left_count > 0 ? `照片已删除;还有 ${a.left_count} 台门禁未核对删除` : '照片已删除') })
  const where = r.state === 'live' ? (r.left_count > 0 ? `还有 ${r.left_count} 台门禁没有写入` : `${r.spot_count} 台门禁可用`) : r.left_count > 0 ? `照片已删除;还有 ${r.left_count} 台门禁未核对删除` : '照片和各门禁中的特征已删除并核对'
  return (
    <section className="ph-card ph-section" aria-label={`人脸 ${r.holder_name}`}>
      <div className="ph-between"><h3>{r.holder_name}{r.under_14 ? '(未满十四周岁)' : ''}</h3><Tag {...(r.state === 'live' ? { kind: 'good' as const } : {})}>{said('face', r.state)}</Tag></div>
      <Facts rows={[['同意时间', instant(r.consented_at).slice(0, 16)], r.state === 'live' ? ['有效至', r.to_on] : ['结束', `${instant(r.ended_at!).slice(0, 16)} ${r.ended_reason ?? ''}`], ['门禁', where]]} />
      {r.only_face ? <p className="ph-red">现在只剩人脸一种方式,请补办门禁卡或开通开门码</p> : null}
      {r.state === 'live' ? <Button className="ph-mid" block color="danger" fill="outline" loading={back.running} onClick={async () => { if (await confirm({ title: '撤回同意并删除?', text: '照片立即删除,各门禁中的特征随后删除;门禁卡和开门码不受影响', yes: '撤回' })) await back.run({ face_id: r.face_id }, r.face_id) }}>撤回同意</Button> : null}
    </section>
  )
}
function Give({ house_id, rule, d, self }: { house_id: string; rule: NonNullable<Mine['rule']>; d: Mine; self: boolean }) {
  const give = useWrite(doors.giveFace, { done: (a) => `已开通,有效至 ${a.to_on}` })
  const [open, setOpen] = useState(false)
  const [who, setWho] = useState(self ? '' : 'self')
  const [relation, setRelation] = useState('')
  const [agreed, setAgreed] = useState(false)
  const [photo, setPhoto] = useState<{ base64: string; url: string }>()
  const waiting = d.children.filter((c) => !d.rows.some((r) => r.state === 'live' && r.holder_name === c.name))
  if (self && waiting.length === 0) return null
  if (!open) return <section className="ph-card ph-section"><p className="ph-weak">用人脸开门是自愿的,不开通不影响门禁卡和开门码。</p><Button className="ph-mid" block onClick={() => setOpen(true)}>了解并开通</Button></section>
  const child = who !== 'self' && who !== '' ? who : undefined
  const ready = agreed && photo && who !== '' && (!child || relation.trim() !== '')
  return (
    <section className="ph-card ph-section" aria-label="开通人脸开门">
      <h3>告知同意书(第 {rule.text_no} 版)</h3>
      <Facts rows={[['目的', rule.purpose], ['有效期', `${rule.months} 个月,可随时撤回`]]} />
      <p style={{ whiteSpace: 'pre-wrap' }}>{rule.consent_text}</p>
      {d.other_way ? null : <p className="ph-red">您还没有别的开门方式。人脸不能是唯一的方式,请先开通开门码或领取门禁卡。</p>}
      <Chips label="为谁开通" choices={[...(self ? [] : [{ value: 'self', label: '本人' }]), ...waiting.map((c) => ({ value: c.person_id, label: c.name }))]} value={who} choose={setWho} />
      {child ? <Field label="我与孩子的关系" hint="仅限未满十四周岁的孩子,由监护人同意">{(p) => <input {...p} className="ph-input" maxLength={20} placeholder="如:母子" value={relation} onChange={(e) => setRelation(e.target.value)} />}</Field> : null}
      <OnePhoto label="正面照片" hint="光线均匀、不戴口罩" url={photo?.url} take={async (f) => setPhoto(await photoText(f))} />
      <label style={{ display: 'flex', gap: '0.5rem', alignItems: 'flex-start', margin: '0.75rem 0' }}><input type="checkbox" checked={agreed} onChange={(e) => setAgreed(e.target.checked)} style={{ flex: 'none', marginTop: '0.3rem' }} /><span>我已阅读,单独同意为上述目的处理{child ? '孩子' : '我'}的人脸信息</span></label>
      <Button className="ph-big" block color="primary" disabled={!ready || !d.other_way} loading={give.running} onClick={async () => { if (await give.run({ house_id, ...(child ? { child_id: child, relation } : {}), text_no: rule.text_no, photo: photo!.base64 })) setOpen(false) }}>同意并开通</Button>
      <Button className="ph-mid" block onClick={() => setOpen(false)}>不开通</Button>
    </section>
  )
}
export function HelpersPart({ house_id }: { house_id: string }) {
  const list = useRead(doors.myHelpers, { house_id }, { stale_ms: 0 })
  const end = useWrite(doors.endMyHelper, { done: '已停止' })
  if (!list.data || list.data.rows.length === 0) return null
  return (
    <>
      <h2 className="ph-h2">我担保的人</h2>
      {list.data.rows.map((x) => (
        <section key={x.helper_id} className="ph-card ph-section" aria-label={x.name}>
          <div className="ph-between"><h3>{x.name}</h3><Tag>{said('helper', x.kind)}</Tag></div>
          <Facts rows={[['期限', `${x.from_on} 至 ${x.to_on}`]]} />
          <Button className="ph-mid" block color="danger" fill="outline" loading={end.running} onClick={async () => { if (await confirm({ title: `停止 ${x.name} 的通行?`, text: '立即不能再开门;需要恢复请到服务中心登记', yes: '停止' })) await end.run({ helper_id: x.helper_id }, x.helper_id) }}>不再担保</Button>
        </section>
      ))}
    </>
  )
}
