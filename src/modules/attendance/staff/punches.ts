// 我的打卡: what the server knows, kept on the phone, with the punches that wait here laid over it.
import { useEffect } from 'react'
import { readNow } from '../../../ui/api.ts'
import { heardServer, watchClock } from '../../../ui/phone/device_clock.ts'
import { ownerOf, usePhoneMe } from '../../../ui/phone/me.ts'
import { useMemory } from '../../../ui/phone/memory.ts'
import { useOutbox } from '../../../ui/phone/outbox_sender.ts'
import { attendance } from '../contract.ts'

export function useMine() {
  const owner = ownerOf(usePhoneMe())
  const { entries } = useOutbox()
  useEffect(() => watchClock(owner), [owner])
  const reading = useMemory([attendance.mine.name], `${owner} attendance mine`, async () => {
    const answer = await readNow(attendance.mine, {})
    await heardServer(owner, answer.now).catch(() => undefined)
    return answer
  }, { refresh_ms: 120_000 })
  return { reading, owner, waiting: entries.filter((e) => e.call === attendance.punch.name) }
}
