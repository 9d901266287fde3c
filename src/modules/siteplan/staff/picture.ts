// The picture of a version in the phone's memory, so that the plan opens where there is no network: a garage, a lift. One a plan: a newer version takes the place of the older.
import { useEffect, useState } from 'react'
import { asRefused, fileUrl, type Refused } from '../../../ui/api.ts'
import { keep, kept } from '../../../ui/phone/phone_store.ts'
import { siteplan } from '../contract.ts'

interface Kept {
  version_id: string
  blob: Blob
}
async function pictureOf(key: string, version_id: string): Promise<Blob> {
  const before = (await kept<Kept>(key).catch(() => undefined))?.value
  // A version's picture never changes.
  if (before?.version_id === version_id) return before.blob
  const r = await fetch(fileUrl(siteplan.picture, { version_id }))
  if (!r.ok) throw new Error(`图片没有打开(${r.status})`)
  const blob = await r.blob()
  await keep(key, { version_id, blob } satisfies Kept).catch(() => undefined)
  return blob
}
export function usePicture(owner: string, plan_id: string, version_id: string | undefined): { url: string | undefined; error: Refused | undefined; retry: () => void } {
  const [url, setUrl] = useState<string>()
  const [error, setError] = useState<Refused>()
  const [tries, setTries] = useState(0)
  useEffect(() => {
    if (!version_id) return undefined
    let made: string | undefined
    let gone = false
    pictureOf(`${owner} siteplan picture ${plan_id}`, version_id).then(
      (blob) => {
        if (gone) return
        made = URL.createObjectURL(blob)
        setUrl(made)
        setError(undefined)
      },
      (fault: unknown) => { if (!gone) setError(asRefused(fault)) },
    )
    return () => {
      gone = true
      if (made) URL.revokeObjectURL(made)
    }
  }, [owner, plan_id, version_id, tries])
  return { url, error, retry: () => setTries((n) => n + 1) }
}
