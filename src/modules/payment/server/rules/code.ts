// The payment code of a house (缴费码): seven digits and a check digit by Luhn, so that a slip of the pen finds no other house. Pure.
function luhn(digits: string): number {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    // From the right, the check digit itself left out: every first digit is doubled.
    const d = digits.charCodeAt(digits.length - 1 - i) - 48
    const v = i % 2 === 0 ? d * 2 : d
    sum += v > 9 ? v - 9 : v
  }
  return (10 - (sum % 10)) % 10
}
export const codeOf = (n: number): string => {
  const digits = String(n).padStart(7, '0')
  return `${digits}${luhn(digits)}`
}
export const isCode = (text: string): boolean => /^\d{8}$/.test(text) && codeOf(Number(text.slice(0, 7))) === text

/** Every well-formed code in a text, longer numbers (accounts, dates joined to something) left alone. */
export const codesIn = (text: string): string[] => [...new Set([...text.matchAll(/(?<!\d)\d{8}(?!\d)/g)].map((m) => m[0]).filter(isCode))]
