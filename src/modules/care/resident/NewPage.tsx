// 我要反映: what kind, a few words, photos; with one's name or without. Without it nothing is sent that says who, and photos go up by a way of their own.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Chips, Field, RowSwitch } from '../../../ui/phone/bits.tsx'
import { Page } from '../../../ui/phone/Page.tsx'
import { Photos, type Taken } from '../../../ui/phone/photos.tsx'
import { go } from '../../../ui/phone/router.tsx'
import { Loaded, StateBlock } from '../../../ui/phone/states.tsx'
import { HouseSwitcher, useMyHouse, type MyHouse } from '../../people/resident/shared.tsx'
import { PHOTOS_MAX, care, type Kind } from '../contract.ts'
import { said } from '../shown.ts'

export function NewPage() {
  const { reading, houses, house } = useMyHouse()
  const kinds = useRead(care.kinds, {}, { stale_ms: 300_000 })
  return (
    <Page title="我要反映" back="/care">
      <Loaded reading={reading}>
        {() => (house ? (
          <>
            <HouseSwitcher houses={houses} house={house} />
            <Loaded reading={kinds}>{({ rows, unnamed_open }) => <Form key={house.house_id} house={house} kinds={rows} unnamed_open={unnamed_open} />}</Loaded>
          </>
        ) : <StateBlock icon="house" title="名下还没有房产" text="请联系物业服务中心登记手机号" />)}
      </Loaded>
    </Page>
  )
}

function Form({ house, kinds, unnamed_open }: { house: MyHouse; kinds: readonly Kind[]; unnamed_open: boolean }) {
  const [nature, setNature] = useState<Kind['nature']>('complaint')
  const leaves = kinds.filter((k) => k.nature === nature)
  const [kind_id, setKind] = useState('')
  const kind = leaves.find((k) => k.kind_id === kind_id)
  const [text, setText] = useState('')
  const [where, setWhere] = useState('')
  const [about_house, setAbout] = useState(true)
  const [unnamed, setUnnamed] = useState(false)
  const [photos, setPhotos] = useState<Taken[]>([])
  const [asked, setAsked] = useState(false)
  const [token, setToken] = useState<{ no: string; query_token: string }>()
  const named = useWrite(care.complain, { in_form: true })
  const hidden = useWrite(care.complainUnnamed, { in_form: true })
  const sending = named.running || hidden.running
  const error = unnamed ? hidden.error : named.error
  const missing = !kind ? '请选择类别' : text.trim() === '' ? '请写明情况' : undefined
  const submit = async (): Promise<void> => {
    setAsked(true)
    if (missing || !kind || sending) return
    const common = { kind_id: kind.kind_id, words: text.trim(), ...(where.trim() ? { place: where.trim() } : {}), ...(photos.length ? { photo_ids: photos.map((p) => p.file_id) } : {}) }
    if (unnamed) return setToken(await hidden.run({ ...common, community_id: house.community_id }))
    const done = await named.run({ ...common, house_id: house.house_id, about_house })
    if (done) go(`/care/${done.complaint_id}`, { replace: true })
  }
  if (token) return <TokenCard no={token.no} query_token={token.query_token} />
  return (
    <form className="ph-card ph-section rs-gap" noValidate onSubmit={(e) => { e.preventDefault(); void submit() }}>
      <Chips label="性质" choices={(['complaint', 'suggestion', 'praise'] as const).map((n) => ({ value: n, label: said('nature', n) }))} value={nature} choose={(v) => { setNature(v as Kind['nature']); setKind('') }} />
      <div className="od-kinds" role="group" aria-label="类别">
        {leaves.map((k) => <button key={k.kind_id} type="button" className="od-kind" aria-pressed={k.kind_id === kind_id} onClick={() => setKind(k.kind_id)}>{k.name}</button>)}
      </div>
      {kind?.rule ? <p className="ph-weak ph-small">{kind.rule.answer_n} {said('unit', kind.rule.answer_unit)}内答复{kind.rule.clock === 'working' ? '(按工作时间)' : ''}{kind.pauses && !unnamed ? ';办结前暂停催缴这套房' : ''}</p> : null}
      <Field label="情况">{(p) => <textarea {...p} className="ph-input" maxLength={1000} rows={4} value={text} placeholder="什么时间、什么地点、什么事" onChange={(e) => setText(e.target.value)} />}</Field>
      <Field label="地点(选填)">{(p) => <input {...p} className="ph-input" maxLength={60} value={where} placeholder="如:3 栋门前" onChange={(e) => setWhere(e.target.value)} />}</Field>
      <Photos key={unnamed ? 'unnamed' : 'named'} purpose={unnamed ? 'unnamed_photo' : 'photo'} label="照片" photos={photos} set={setPhotos} max={PHOTOS_MAX} />
      {unnamed ? null : <RowSwitch title="与这套房有关" under={`${house.community_name} ${house.label}`} on={about_house} set={setAbout} />}
      {unnamed_open ? <RowSwitch icon="shield" title="匿名提交" under="物业看不到您是谁,系统也不记录;凭查询码跟进" on={unnamed} set={(on) => { setUnnamed(on); setPhotos([]) }} /> : null}
      {(asked && missing) || error ? <p className="ph-fault" role="alert">{(asked && missing) || error?.message}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={sending}>{unnamed ? '匿名提交' : '提交'}</Button>
    </form>
  )
}

/** The code is shown once: nobody can give it a second time. */
function TokenCard({ no, query_token }: { no: string; query_token: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <section className="ph-card ph-section" aria-label="查询码">
      <h2>已匿名提交</h2>
      <p>编号 <span className="ph-num">{no}</span></p>
      <p>查询码</p>
      <p className="ph-amount ph-num cr-token" aria-label="查询码">{query_token.replace(/(.{4})(?=.)/g, '$1 ')}</p>
      <p className="ph-red">查询码只显示这一次,请截图或抄下来。系统没有记录您是谁,丢了无法找回。</p>
      <div className="ph-two">
        <Button className="ph-mid" onClick={() => void navigator.clipboard?.writeText(query_token).then(() => setCopied(true))}>{copied ? '已复制' : '复制'}</Button>
        <Button className="ph-mid" color="primary" onClick={() => go(`/care/unnamed?code=${query_token}`, { replace: true })}>查看进度</Button>
      </div>
    </section>
  )
}
