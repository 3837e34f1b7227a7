/** Files of ONNX that PyTorch wrote, packed by gzip: made once, by the lines beside them. */

/** By torch 2.13, whose nodes lost their descriptions, and which gave `READER_OUTPUTS` for `[[0, 3, 1], [4, 4, 2]]`:
 *
 *      class Reader(nn.Module):
 *          def __init__(self):
 *              super().__init__()
 *              self.tokens = nn.Embedding(5, 4)
 *              self.places = nn.Parameter(torch.randn(3, 4))
 *              self.block = nn.TransformerEncoderLayer(4, 2, 6, batch_first=True, activation="gelu")
 *              self.both = nn.GRU(4, 2, batch_first=True, bidirectional=True)
 *              self.last = nn.LSTM(4, 3, batch_first=True)
 *              self.out = nn.Linear(3, 3)
 *          def forward(self, x):
 *              y, _ = self.last(self.both(self.block(self.tokens(x) + self.places))[0])
 *              return torch.softmax(self.out(y[:, -1]), -1)
 *
 *      torch.manual_seed(0)
 *      m = Reader().eval()
 *      with torch.no_grad():
 *          for p in m.parameters(): p.add_(0.1 * torch.randn_like(p))
 *      torch.onnx.export(m, (x,), file, external_data=False, dynamic_shapes=({0: torch.export.Dim("n")},)) */
export const READER_ONNX =
  "H4sIAAAAAAACA61ZfXhTRdZvmrRJLy2UFEqJYLEI6C2U5OYbuHNDLVCCXbFFBBRC2lzaQJqEJi2UT624Aq9QRD58kAery/L9uqwrCNLMLYiuiyC4sLiysK/y4aJQga4sigjvJHfmNklj5Y/tP5mZe86Zc87vzDlnpipKrfTXB301FVUaiinQ6Qu0+RX+2mEXOMpKyeaqU+qcHodWk+71uXhHWZXTzzu0eSmRAU1Rct7rypE1yZLpdColEHTWBHOS0IwqpDKCvlm8N1Awh3dXVgXDktL46nLe5XJ7KzVdI9KkeV7qGGewiq+hu1AK51x3QJSRT7VzUKl+j7OCD6hTnC6Xw6ChIgIi4zz5SJeLApT4RZ0WrHF6A35fgMe7SPO8tAlkSHejFH6+ptomsyXZkptkSkpLtTNSEZsZ0XS9JiMipsQZLKlF07xUcURxIpme6lPu8VXMKgjwnhkOZzDoLXB7Hf4a30xHudsZUKd63F7eWaPpEpEiTkSViyj8jVJG9jPr1Io6Nz9HkxkhLeUDEW8zZnOeEk/oTCrN6fH45szja3wRv1MGKsJEpYZl6LTqtFpvYHYtz88j9kvzvLSnyJCyU+106i6S5Q4d3jxqJdptWdhtcuS4ZOQ6Rdh1RipaAFZEp1YSNcTQIUooy7AKwylCgVkYdSryIV8RxL4SJ4ljA7QzR1DQqVUiObIgI4obqZ+Qn4vfXC8JYGIFMIkFjKawsgQ8pH0YB8mD7fBZO4PvMQqzRaPAdECB6TR4iynJ+nh1mHh1LLr7UYeJVkffQR39farDxKuj76CO/n7U0UerY+igjqFTdcZFx6ekkRFrZOigkakzjWKE6eOFGTsIs963MEO8MFO8MCvTeSLAOqgjEW004TgWc7bRRJJ2bKI2UZga/1rwrxlLsRIpHncFkmJFUsKjeD6djvCLfCZtDJ9J+wt8pvZ8Ic6ZWD6G8I2K1c+kxXMr5jPgbPeYz1vhDKJ5Xqo4jD22RcRJWIwBsxs13WJ8bTL+gqtx9sBcmNuk6R7hloIQLSUKSRSQNlk4JLE1JoZYQazCAs1x1ph/2ZrI/vgXg2ayxFtj6cwaGvvEgKVgl5q1OA+Hy55ZmycPFz0a01jiaPXRtHqRFkNkJr96TEugwhXVbJBKqg1TYlTMBJUy34xgtXMuWkDlQxzTPbAj7pG/yCGYjCUYsU0mdZ9AhdPDuxwuXzBclV21KC2hKs17g26fV/OQmOo7IZGUK6M6FYW6KARxbZDUOzyLDoPuOAzClVNmk4cDYQxF2Mjpt+DTb+5w+g2dnf4tMmyxmcqN70d8tRF9Z5JerO8vEkQ6FpXYlUiVlEzzFGP46mq6K6Uo54POnklJz3FNMhmdQaVGklih2Ad2Q42Yx1/V8ftIMdpQcSACiclWbLKlg8nm+ykOlujiYOxQHIy/0veJfWN0JjaqleE1nc6KscQzsW3bKKPIZ0otetLrq6nWEe9mRq9FHEp5nPV8jSO8ggO6fSFP/Xh4/Bs0dHrc85zhUEKBQqEUHahyBOv9vOjW7pSS9wfcHp+3564PB5nDjk18AgxU1HbiabDgpGyxxp48i1kK7mGYUjJJxEgXGxFMbEQwokOsEqKMWlHJe2o1aRGq8DAcM55aOpvq4vSjCJvrrnaiM6Hw+rx8k0xOFVARBnFzK85+Vl2cmtZ4Na26WDWZWDX1sWrqRTWZGMdItBhrgyUaa4NF5GkiWBss0VgzCbDGOqS374EOUPc4tNEh+m/jjWuA1SQ2wloyxb60xlYSqzFxJcnHbLgGWK3qlPBBC+CLVmSclzpqrt/pdaHeN8ZKtVK8emg7VEGrqdOzh+5sEcHk7iJZQu4yWLA+piewSj3INhlFtsYDVJfwwIoHqPokESo9FmjW4WpVWVPrQJDIx5Q+RaupLlVul4v3OgLueXxOchgElLqQoSg7RpxE96XSXO4a1NeGy0JGuVuaOD0omGkNlYWDqpyf4avhHTV8gA/mYJTI1kQHRqOO85YOlfkE1SLSNIjVophIYdpTp7hiie889dpOy4UkyUDCBs/NWCA6hN2iA0eH2uKEkaOVIocwqpURVFH4p7cHT/gihsOnkCIEEvCSMjHIMyikukYhr0PRi6HfQqC3GLErGNKMM6SRNpgI9AwJEDTAog1mrJ0nEKx2oFSmeLxsQkl8FMjDsPeKhl2JkJ3jrHGFAc+i0t1eP6qdaK2Sx0ESGzMEeLQf2djSAXjGwPwK8GYixUKkkHMtdveMQZ+4vR9GGK0dfI0lGWN9zBgMxMdRvLH4oOSCeXVxvMYEvORQxwYYY2TieE2Ed3iHfc1kYCXM+jhmM2EuoIh4MtATHgNGPFxTmHCGD1eUMYTMIF1g8EKH65dR21kXbSeCSKgZSX9jlNxljj1TiCTxmSqW4CYiJK916JGMTGdaASLAok5DIeoO8tWoikdHvrbTFF1ItbORnKOVnkr0sU8l+g5PJZFcs0h6DtBTFDoYpHiqwuOYwm2ILdyG/07HaZOKPYr5gHh9II9S4uxXbhVqqtrp9qJq4fRX0TaVXKXIlBXiB0m79vRLxULu7D1C25f/AIue2sUpWz3ctK8Hc5uY18Dufe9zSw/tFK6vBcKtigD79djzkK5UpUQkxL6Q2sfvXLpM8LnWCSlnm6C36vew3/7+3E3le8LB/Kuw/z+ucqYfB3AfJb0E2UkXuW/1E8H2Jw5wi84f5GQp1dyZHtMF399e4hyOd7hnG2W20ltPA3qCKh1t0+nzpF07dOBPLDhWAN949vaIev3uYb36ftd8wdvAHll5I9RyeQd7ojUN7ly9DCaNWw3Kxo1tpt0qRUT9X7tm2G1719jAtR7F4Mjyw9Dy6HiQqtsMGkPFsOvDg5urlj4P1v/wB5B+OYdbcfMLmNtlKpx4ZTm4+8AR8PDeJK7o4DlAGyMbdX5dsWe2jF/KznliJnA++snwmZO9IZpRpSK2BI2sPSerclnoxIYMkPX2clBWfAzyOTtA29CDkKYjWyXoKu2ZZ+/uAPSj48C1w6dZWpvCxtJG9/72zMJbm7m969Zz3Va+zNWNqePoRyK0He4E9sxbbw2Ex9omsu8smclu+2p+AqmMJPWZ8iqut7yWy2xbyL2x2ZlAKtH1Qkt/aE57NTRu5EiYtHASoC0oXOWINurg2R9WDDCwM5YsgNVX9sLczz+BpRVyYVNTPZi2cx+4oC+BwQkNkO4T4ZMOqT391BNZ3CrPV+Cyg4P0CRkKg3B4iW/l9hYZ/ChHePKKi83RHWffHfh74Ny4HcA2ivv03gAhM+uLA/2dEG5qWwWXap4fMXvtWOGLeb24Xk3aUP+W92HpQ16wvSQX3M5eAg7l6uBVmzBiCJ3NpQ7Uhupyl4f+tEEjvNF2D5z0u0NTFm1l/9bUU7iyVSVU1S2Db6dcg0Ul++CKF74BoyevZX8MvQWnPJ8KfcFRQkbdGjjhUjM4Zb8Ne6w+An+zUBY68vpnsDFFxblvyITH7xSxLRn7QeWea5BWq2Thcy2+a9gVPxc9zdF+ZGUqWbVY7NPVp96EXxkXwMx/TWv+vPUSKDrxTzi84QO4skgu9NlVN+JI+p/Y9/+1GmzYAqBzrko4ek4Irf3zZjCpfgLY9Ew+N2m8AHpvPwQ/TDnLblL/jn1yxcfgr435YHzphubzLdch2jFVzC/ilcg+3fYAO2LugsHwL3MhsP3PNyP+uGci/OnZDezFrORQv2EAPvf86dCZr5dCr+/vwNLYApLo5v1vzfOzLVMns4YbJ+Fu2/ewfts2WD71LmxYv4t9Z+P3ofE/KQ58X18DmlbOH06fkqmS8aaki0ZwDlpcKGgK9sPirA/hgy+mg9MP+mBtdgE4Yj/Gghvfgm3CakhbJsB/X+8twONLwCJVAVe5pxUcaTwNp3Vd03xZ9jE0tH4M+49fCyepj4Kab9ZArnUY9yUsYQcv7w66LF4E024dby5rXA1eTOsiHFozBYx19hayl1Eh22d5zfnHx4Ol687Ak7WvAMWsQcLFSWfg4TfVYG/wdZBL/xuon+wPVxZkgbybP4Pp6RcPnGrLFupKtkFqYJbwh4IGQAciViW3W2W1T9/07k7WHGwAZd9dhv/5Pxv0TBwx/LuHDofglR/Yw8tLQ8X77wL3uSHCj3cfC618ZSj3z1kPcA2NMs7724fAWdcSeGzfPnjmc6uwrvs+uI69B1yDlsHzIy6xr/hVnOa7ZEDPRpumS1uaEXwHkocKFu11sOn242DRwY3s1mXZwoTSNLhD/nJz2vGHufQR74ZKZ7zKZt4aC8/eobnt/YYIXv17bPLVTfBSzRC4Y8BuWHmpm7BK1guW7PqBfa30Qc7Q/DPs8dk5dnKrTgjDJ1Olt8OHOmEEn/BBljBy3Ueg/o4WjFzRl7Ndy4UH+Eb2ufVKuOpOiO198G3o7pEHmjQX2ZV9DzePqVoIck4OCLmu3Q41Pf3uga7F78ENZ0zAav8eKPxl3Iy6/eyd1ubQIZkeZM/fAzMHfnjgcsYu+EHaMVD62VHosi0AR+dPZW/3Ogq/bCkFcOr/wmGuZDD6SDWYdKJA+OBKDjh6PRdcDv6F5e9NhK8dfB1OnEPBu9vngVdz+kNV9g5Qsn0rmHczWdiiMrP0ZtEsebtZBvsqWfm2RXCY/gI8X9qL22U8DRQvfgu1F7aAkvyu3CNsFvfMR924OzueBb/dcwV2Wd/Gpr2wFzJDegtTZsqFWx+3gvzeb4Jj9XLO/sxG8Omrj0BZTw6qhS1gxafHwR7bVXisj4Lr6vkRJOduBafOtcBZSxtA8uDZML31AGg6tTE0wT8S2Le8DJ6adRLkpC4LIcBlqhxJR4PJPn2KMp8z374HZSP3Q+a9v8L/fP0gt3B0K7DungSK2gTouxcChTcWwE+OvQBH9bkCGw7/Diye3pN7bfQNUL/9EEj/82R47UQD0I7aBI/ePAoc3ZVcETUf/Ly+Ozdt8euAzspUillXZ1fJksQ/eigKAGUh+UeivZ8cfyB9DJkrCEM2ynbKQnwpsKuSEq2jDe5ifrqHtMpEUbev6u2qZLI6CMEmKcPYc+KVSU6otdHeL56AMCYn0M5otqsw+eKYdYu0fi963aST9H6OzkWJQdrYYs8kDIqEJlg7miARZkq52mBXxOtoNUV5pVdknVylorCL+YCskif8YLWrpE17tuumbbd2So/wv9m7URkqpTqNkqtlXipZJS/XUKTrjXyTRX0rVFBJmT3+H6k/rGoDIAAA";

export const READER_OUTPUTS = [
  0.428250789642334, 0.37112653255462646, 0.20062270760536194, 0.46881553530693054, 0.312433123588562,
  0.21875132620334625,
];

/** By torch 2.13, whose nodes and tensors lost their descriptions: a loop of three steps that is written out.
 *
 *      class Last(nn.Module):
 *          def __init__(self):
 *              super().__init__()
 *              self.steps, self.out = nn.RNN(2, 2, batch_first=True), nn.Linear(2, 2)
 *          def forward(self, x):
 *              return self.out(self.steps(x)[0][:, -1])
 *
 *      torch.manual_seed(0)
 *      torch.onnx.export(Last().eval(), (torch.randn(2, 3, 2),), file, dynamo=True, external_data=False,
 *                        dynamic_shapes=({0: torch.export.Dim("n")},)) */
export const LOOP_ONNX =
  "H4sIAAAAAAACA4WV34vjVBTHk/5I0zM7026clSGLsAZ9yS5DepNpw+5sp1ORheA+zcjCgoRMe5mEbdPYpDq7D7Lgg6AP+qCIIDjv4oPPagcW/AuEBV/8F/YfEPQm9yZNmnEMtDn3nnPu935OTm5EkBrB02g2H7kyoN2OvqvdHgWLu+fX4R7wZ1L9I2dia/I1fzbG9pHrBNjWlHpiqABV7I93+HO+ol6Dehg582iHIyPEwRCSTIPeNHrr0uV68may3Dszf+REdk8RqKVuQM0588J0jds0C9FbT6o/w/NZKEOSnNiK8O5Z4PhjErwP1E2DzYK8KQnxrdNhwkcTb4TJkIDEFsnWgUWkCY1THHkRnspbScbCP/H8sU3YG0cfLjB+hhNJUqBmNHf8MJiFmIVmY6V5nJpqC2oBnk8H/IAbVM75Bsneg1UqU9fZPg221EMneriIx4pATZLWZbEGtMMIB+HuieeEtufaE00SJp6Pnbm8kWTTgVI9HMf1MSFFShGbCz+kLBkkGyvN91OTZN4Htu5VpTWLpTVXpe2xDZuZLtuH3ZHb+eJ21sq7pssEuwVdhAq6CJV0ESrpopJuJ6/bL+qygqMiMOoWhbtl4W5JWC8Jo7ww6YjsEbA1ekzNLHYEMnMdcZfFmoWOcJOOECmJnXZ+Oky7ogNZBKyeiyQ443EsShuJDtKUN4F5pVrk+K7cpF1PTKV2TP5JiAaJq8iga0UGXSsz6NoVDKjIgMoMaMWAKIOeZ9AzhreBeSUh3igpz0ZGQYqTciBg7jUStEaCLiFBV5DoRRK9TKKvSHRKYuRJjHUSIyVBeRKUkeynTyTloX6pSo5dWUwyiPVfB/EQ4jhpIzuvslc3N/M/x90h5NNpkYw9SQjxBI8itms6UIQHTuTiebYNnm7jE2DRALNFtPsx9k7dCMTYjoucldcoltdQag/wdKpuQe0ER84Njnt+cM7z6iapQryjIf2CtaDuTAK37D9kZZBg6ni+fTp3Ale9JVba/LB0BFviX58+/+3b7w76l0S4NOKDPx4vbx5vLdW3xEoSk6Ox2i9e3bn46vdXyx/uf7N87+uX++pOEpNRWuKTW1/2B/f+TBQSH/t4WG3l6U+//Pz39sX33Rf9N8z6RTEC9az2y+CL5aPP8a8/qsP+4LPWgdoiXvqVtWocudQbIt9u0CnDEnmOXvnpriVWLpk2LZFLp19Pptm5aYnVdH47nTX2LPEfdj3eib+jr8F1kZc2oSrxPlTEKvlVTm5mL4QhtWCTBDTTgMqwBlx7+1/3cvPYwAgAAA==";
