// 停放位置: where I left the car, in my words.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { Field } from '../../../ui/phone/bits.tsx'

export function Where({ place, save, saving }: { place: string | null; saving: boolean; save: (text: string) => Promise<unknown> }) {
  const [text, setText] = useState<string>()
  if (place !== null && text === undefined) return <section className="ph-card ph-section ph-between" aria-label="停放位置"><span>停在 <strong>{place}</strong></span><Button className="ph-mid" onClick={() => setText(place)}>修改</Button></section>
  return (
    <form className="ph-card ph-section" aria-label="停放位置" onSubmit={async (e) => { e.preventDefault(); if (await save((text ?? '').trim())) setText(undefined) }}>
      <Field label="停在哪里" hint="如:负一层 B 区 23 号,回来好找">{(p) => <input {...p} className="ph-input" maxLength={30} value={text ?? ''} onChange={(e) => setText(e.target.value)} />}</Field>
      <Button className="ph-mid" type="submit" loading={saving} disabled={!text?.trim()}>记下</Button>
    </form>
  )
}
