// Finding while somebody types. What is offered always belongs to what stands in the box: an Enter on the answer to older letters would open
// another house. An Enter that comes before the answer waits for it, so that a quick typist or a scanner need not press twice.
import { useCallback, useEffect, useRef, useState } from 'react'
import { useRead, type Call, type In, type Out, type Shape } from './api.ts'
import type { Refused } from './api.ts'

const WAIT_MS = 150

export interface Finding<T> {
  /** The answer to exactly what is typed now; undefined while none has come. */
  data: T | undefined
  error: Refused | null
  /** Something is typed and its answer has not come. */
  looking: boolean
  /** To be called at every Enter. */
  enter: () => void
}

/** `waited(data)` is called once for an Enter that was pressed before the answer: it takes the finding if there is no doubt. */
export function useFinding<I extends Shape, O extends Shape>(call: Call<I, O>, input: (q: string) => In<I>, typed: string, waited: (data: Out<O>) => void): Finding<Out<O>> {
  const now = typed.trim()
  const [q, setQ] = useState(now)
  useEffect(() => {
    const t = setTimeout(() => setQ(now), WAIT_MS)
    return () => clearTimeout(t)
  }, [now])
  const found = useRead(call, input(q || '-'), { enabled: q !== '', stale_ms: 5_000 })
  const fresh = now !== '' && now === q
  const data = fresh ? found.data : undefined
  const error = fresh ? found.error : null
  const looking = now !== '' && data === undefined && error === null
  const early = useRef<string>(undefined)
  const take = useRef(waited)
  useEffect(() => {
    take.current = waited
  })
  useEffect(() => {
    if (data === undefined || early.current !== now) return
    early.current = undefined
    take.current(data)
  }, [data, now])
  const enter = useCallback(() => {
    if (looking) early.current = now
  }, [looking, now])
  return { data, error, looking, enter }
}
