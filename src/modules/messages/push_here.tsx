// Which of a person's browsers this one is, kept in it.
import { faceName, useWrite } from '../../ui/api.ts'
import { unsubscribe } from '../../ui/phone/push.ts'
import { messages } from './contract.ts'

const key = (): string => `heyuan ${faceName()} push`
export const hereIs = {
  get: (): string | null => localStorage.getItem(key()),
  set: (device_id: string | undefined): void => (device_id === undefined ? localStorage.removeItem(key()) : localStorage.setItem(key(), device_id)),
}

/** Before somebody signs out: the next one to hold this phone must not read his messages. */
export function useStopPush(): () => Promise<void> {
  // Without network the browser's own end is enough: the server hears of it at the next push.
  const end = useWrite(messages.endPushDevice, { in_form: true, invalidates: [] })
  return async () => {
    const device_id = hereIs.get()
    if (!device_id) return
    hereIs.set(undefined)
    await unsubscribe()
    await end.run({ device_id })
  }
}
