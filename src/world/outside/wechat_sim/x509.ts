// A self-signed X.509 certificate in DER, because node:crypto reads certificates but writes none. Only what a platform
// certificate (平台证书) needs: version 3, a serial, one name, a validity, an RSA key, sha256WithRSAEncryption.
import { sign, type KeyObject } from 'node:crypto'

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const size = body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts)
// sha256WithRSAEncryption 1.2.840.113549.1.1.11 with a NULL parameter
const algorithm = sequence(Buffer.from('06092a864886f70d01010b', 'hex'), Buffer.from('0500', 'hex'))

function name(commonName: string): Buffer {
  const attribute = sequence(Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(commonName)))
  return sequence(der(0x31, attribute))
}

function utcTime(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return der(0x17, Buffer.from(`${text}Z`))
}

export interface CertificateWish {
  /** 40 hexadecimal digits, the first below 8 so that the DER integer stays positive, and not 0. */
  serial: string
  common_name: string
  from: Date
  until: Date
  private_key: KeyObject
  public_key: KeyObject
}

export function selfSigned(wish: CertificateWish): string {
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from(wish.serial, 'hex')),
    algorithm,
    name(wish.common_name),
    sequence(utcTime(wish.from), utcTime(wish.until)),
    name(wish.common_name),
    wish.public_key.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', body, wish.private_key)
  const whole = sequence(body, algorithm, der(0x03, Buffer.from([0]), signature))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
