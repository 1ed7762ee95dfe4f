"""Certificates: certifications, validity, certificates and their chain, the document, verification, revocation.

Leaves to others who must hold one.
"""
